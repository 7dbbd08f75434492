/** The names in a flag, comma-separated: `sre, finance`. Of an empty flag none. */
export function namesIn(text: string): string[] {
  return text.split(',').flatMap((name) => name.trim() || [])
}
