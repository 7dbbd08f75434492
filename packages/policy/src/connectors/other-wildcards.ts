/** What stands for several texts elsewhere: in a shell, in a regular expression, or in SQL a `%` at the end. */
const SIGNS = /\?|\[[^\]]*\]?|\{[^}]*\}?|\([^)]*\)?|(?<=.)%$/g
/** An address has these signs in its own right: `?` before a query, `[` around a host. */
const ADDRESS = /:\/\/|^(?:mcp[._:/-]+)?resources?(?![a-z])/i

/** Whether a text has a wildcard that patterns of actions do not have. */
export function hasOtherWildcard(text: string): boolean {
  return withOwnWildcard(text) !== text
}

/** The text with `*` for each wildcard that patterns do not have: `delete_[ab]` → `delete_*`. */
export function withOwnWildcard(text: string): string {
  if (ADDRESS.test(text)) return text
  return text.replace(SIGNS, '*').replaceAll(/\*{2,}/g, '*')
}
