/** A word as a POSIX shell would have to be told it: `it's` is `'it'\''s'`. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
