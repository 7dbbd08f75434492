import { sha256Hex } from '@sallyport/runtime'

const KINDS = new Set(['mcp'])

/** The entry's name as Sallyport allows names: lower-case letters, digits, `.`, `_` and `-`, at most 63. */
export function sallyportName(entry: string): string {
  const name = entry
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 55)
    .replace(/[-._]+$/, '')
  if (name === '') return `server-${sha256Hex(entry).slice(0, 6)}`
  return KINDS.has(name) ? `${name}-server` : name
}

/** The same for the same definition, so that every run and every machine names it alike. */
export function distinctName(name: string, definition: string): string {
  return `${name}-${sha256Hex(definition).slice(0, 6)}`
}
