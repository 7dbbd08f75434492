import { isReference, isTelling, looksSecret } from './credentials.ts'
import { isTable, type Value } from './operation.ts'

const HIDDEN = '…hidden…'
const HOLDERS = new Set(['env', 'headers', 'http_headers', 'requestInit'])
/** `"apiKey": "…"`, `api_key = '…'`: a key that tells, anywhere in the file. */
const TELLING_LINE =
  /(["']?[\w.-]*(?:token|secret|passw|api_?-?key|authorization|credential)[\w.-]*["']?\s*[:=]\s*)(["'])((?:\\.|(?!\2).)*)\2/gi
const NAMES_A_VARIABLE = /_env_var\b|^["']?env_/i

/** The text for a screen. Possible secrets are hidden, references to variables are shown. */
export function masked(text: string, config: Value): string {
  const hidden = new Set([...secretsIn(config, false)].flatMap(quotedForms))
  const known = [...hidden]
    .sort((a, b) => b.length - a.length)
    .reduce((shown, quoted) => shown.replaceAll(quoted, `${quoted[0]}${HIDDEN}${quoted[0]}`), text)
  return known.replaceAll(TELLING_LINE, (whole, key: string, quote: string, value: string) =>
    value === '' || isReference(value) || NAMES_A_VARIABLE.test(key)
      ? whole
      : `${key}${quote}${HIDDEN}${quote}`,
  )
}

/** Every text in env and headers, and arguments and addresses that look like credentials or follow a telling flag. */
function* secretsIn(value: Value, inside: boolean): Generator<string> {
  if (typeof value === 'string') {
    if (value !== '' && !isReference(value) && (inside || carriesSecret(value))) yield value
    return
  }
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) yield* secretsIn(item, inside || tellingFlag(value[at - 1]))
    return
  }
  if (!isTable(value)) return
  for (const [key, inner] of Object.entries(value)) yield* secretsIn(inner, inside || HOLDERS.has(key))
}

function tellingFlag(before: Value | undefined): boolean {
  return (
    typeof before === 'string' &&
    /^--?\w/.test(before) &&
    (isTelling(before) || /^(-H|--header)$/.test(before))
  )
}

function carriesSecret(text: string): boolean {
  if (/^(--?[\w-]*=|[\w-]+: ?)/.test(text) && isTelling(text.split(/[=:]/, 1)[0] ?? '')) return true
  if (/:\/\/[^/]*:[^/]*@/.test(text)) return true
  return text.split(/[\s/?&=:@,;]+/).some(looksSecret)
}

function quotedForms(text: string): string[] {
  return [JSON.stringify(text), `'${text}'`]
}
