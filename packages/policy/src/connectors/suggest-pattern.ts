import { MAX_PATTERN_LENGTH } from '../pattern.ts'
import { percentDecode, percentEncode } from '../percent-encode.ts'
import { canMatch, familiesOf } from './index.ts'
import { nearest } from './nearest.ts'

/** What a person meant who wrote a pattern that can match nothing. */
export interface Suggestion {
  readonly action: string
  /** The upstream that the pattern began with. */
  readonly upstream: string | null
}

const FAMILY = 'mcp'
const SECTIONS = ['tools', 'prompts', 'resources', 'rpc'] as const
const METHODS = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete', 'websocket']
/** The names of methods that MCP gives finer names, or no other name. */
const FINER: Readonly<Record<string, string>> = { tools_call: 'mcp.tools.*' }
/** The family and the section, with another sign than a dot behind. */
const OTHER_SEPARATORS = /^(?:mcp)?[:/.]?(?:tools?|prompts?|resources?|rpc)?[:/]/i

/**
 * The pattern that was probably meant, which can match an action of the kind; undefined where nothing is near. The kind
 * `*` is any. Takes any text, however malformed.
 */
export function suggestPattern(
  kind: string,
  source: string,
  upstreams: Iterable<string>,
): Suggestion | undefined {
  if (source.length > MAX_PATTERN_LENGTH) return undefined
  const text = source.trim()
  const tried = [
    () => found(kind, inNames(text)),
    () => ofMethod(kind, text),
    () => (kind === 'http' ? undefined : ofMcp(kind, inNames(dotted(text)), upstreams)),
    () => (kind === FAMILY ? undefined : ofHttp(kind, text)),
  ]
  for (const one of tried) {
    const suggestion = one()
    if (suggestion !== undefined) return suggestion
  }
  return undefined
}

/** As a name of an action has it: what is not plain is encoded, and what is plain is not. */
export function inNames(text: string): string {
  return text
    .split('*')
    .map((part) => percentEncode(percentDecode(part)))
    .join('*')
}

function dotted(text: string): string {
  return text.replace(OTHER_SEPARATORS, (beginning) => beginning.replaceAll(/[:/]/g, '.'))
}

function found(kind: string, action: string, upstream: string | null = null): Suggestion | undefined {
  try {
    return canMatch(kind, action) ? { action, upstream } : undefined
  } catch {
    return undefined
  }
}

/** `tools/call`, `mcp.rpc.tools/call`, `mcp.rpc.tools_call`. */
function ofMethod(kind: string, text: string): Suggestion | undefined {
  const method = text.replace(/^(?:mcp[.:/])?(?:rpc[.:/])?/i, '').replaceAll('/', '_')
  const finer = FINER[method]
  if (finer !== undefined) return found(kind, finer)
  return text.includes('/') && SECTIONS.some((section) => method.startsWith(`${section}_`))
    ? found(kind, `mcp.rpc.${method}`)
    : undefined
}

/** Words before the first that is chosen: the family, an upstream's name, the section. Each may be missing or mistyped. */
function ofMcp(kind: string, text: string, upstreams: Iterable<string>): Suggestion | undefined {
  const words = text.split('.')
  const hasFamily = nearest(words[0] ?? '', [FAMILY]) !== undefined
  if (hasFamily) words.shift()
  const upstream =
    words.length > 1 && [...upstreams].includes(words[0] ?? '') ? (words.shift() ?? null) : null
  const named = words.length > 1 || hasFamily ? nearest(words[0] ?? '', SECTIONS) : undefined
  if (named !== undefined) words.shift()
  const rest = words.join('.') || '*'
  const section = named ?? 'tools'
  if (!hasFamily && named === undefined && upstream === null && isOfHttp(kind, words[0] ?? ''))
    return undefined
  const plain = rest.replace(/^call\./, '')
  return (
    found(kind, `mcp.${section}.${rest}`, upstream) ??
    found(kind, `mcp.${section}.${plain}`, upstream) ??
    found(kind, `mcp.${section}.*`, upstream)
  )
}

function isOfHttp(kind: string, word: string): boolean {
  return kind === '*' && (familiesOf('http').has(word.toLowerCase()) || METHODS.includes(word.toLowerCase()))
}

/** `DELETE`, `http.DELETE`, `http.delete_users`, `htp.get`. */
function ofHttp(kind: string, text: string): Suggestion | undefined {
  const words = text.split(OTHER_OR_DOT)
  const family = words.length > 1 ? nearest(words[0] ?? '', familiesOf('http')) : undefined
  const method = (words.length > 1 ? words.slice(1).join('.') : (words[0] ?? '')).toLowerCase()
  const known = method.split(/[_.*-]/)[0] ?? ''
  const meant = METHODS.includes(known) ? known : nearest(known, METHODS)
  if (family === undefined && meant === undefined) return undefined
  const beginning = family ?? 'http'
  const exact = METHODS.includes(method) || meant === undefined ? method : meant
  return found(kind, `${beginning}.${exact}`) ?? found(kind, `${beginning}.*`)
}

const OTHER_OR_DOT = /[.:/]/
