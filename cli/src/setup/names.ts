import { sha256Hex } from '@sallyport/runtime'

const KINDS = new Set(['mcp'])
const VARIABLE = /^[A-Z_][A-Z0-9_]{0,127}$/

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

/** A variable that an upstream's credential may be read from; ours are refused by the API. */
export function isCredentialVariable(variable: string): boolean {
  return VARIABLE.test(variable) && !variable.startsWith('SALLYPORT_')
}

/** `github` → `MCP_GITHUB_TOKEN`: the prefix keeps a server's name from reaching a variable that means something else. */
export function credentialVariable(name: string): string {
  return `MCP_${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}_TOKEN`
}
