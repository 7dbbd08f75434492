import { readFileSync } from 'node:fs'
import { sourceFiles } from './source-files.ts'

export interface ErrorEntry {
  readonly code: string
  readonly kind: string
  readonly meaning: string
  readonly source: string
}

const CODE = /'(SP_[A-Z0-9_]+)'/g
/** A docstring, then the class it belongs to up to its `super('SP_…', 'kind'`. */
const CLASS =
  /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*export class \w+ extends \w+(?:(?!export class)[\s\S])*?super\(\s*'(SP_[A-Z0-9_]+)',\s*'(\w+)'/g
/** A docstring, then the constant that holds a code which travels as a fault and is never thrown. */
const CONSTANT = /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*(?:export )?const \w+ = '(SP_[A-Z0-9_]+)'/g

/** Every code in the sources with the docstring of its definition; `meaning` is empty where there is none. */
export function readErrors(): ErrorEntry[] {
  const found = new Map<string, ErrorEntry>()
  for (const { path, text } of sourceFiles().map((path) => ({ path, text: readFileSync(path, 'utf8') }))) {
    for (const [, doc, code, kind] of text.matchAll(CLASS)) add(found, path, code, kind ?? '', doc)
    for (const [, doc, code] of text.matchAll(CONSTANT)) add(found, path, code, 'fault', doc)
  }
  for (const path of sourceFiles()) {
    for (const [, code = ''] of readFileSync(path, 'utf8').matchAll(CODE)) {
      if (!found.has(code)) found.set(code, { code, kind: '', meaning: '', source: path })
    }
  }
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}

export function errorsPage(entries: readonly ErrorEntry[]): string {
  const rows = entries.map(
    ({ code, kind, meaning, source }) => `| \`${code}\` | ${kind} | ${meaning} | \`${source}\` |`,
  )
  return `# Errors

Every failure of Sallyport carries a stable code. The kind says what a caller can do: \`invalid\` (HTTP 400) mend the
input; \`unauthenticated\` (401), \`forbidden\` (403), \`not_found\` (404), \`conflict\` (409), \`exhausted\` (429) a limit;
\`timeout\` (504) and \`unavailable\` (503) try again; \`internal\` (500) a fault of ours; \`fault\` is a code that travels
inside a verdict or an event and is never thrown.

Generated from the sources by \`npm run docs\`; a test compares.

| code | kind | meaning | defined in |
|---|---|---|---|
${rows.join('\n')}
`
}

function add(found: Map<string, ErrorEntry>, source: string, code = '', kind = '', doc = ''): void {
  const meaning = doc
    .split('\n')
    .map((line) => line.replace(/^\s*\*?\s?/, '').trim())
    .join(' ')
    .replaceAll('|', '\\|')
    .trim()
  if (!found.has(code)) found.set(code, { code, kind, meaning, source })
}
