/** How much of one event's text is searchable, in characters. */
const SEARCHABLE = 16_384

/** What ClickHouse's tokenizer `splitByNonAlpha` takes for a separator: every ASCII character but letters and digits. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they separate words too
const SEPARATORS = /[\u0000-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f]+/

/** The lower-case words of a text, as the index of `search_text` cuts them. */
export function wordsIn(text: string): string[] {
  return text.toLowerCase().split(SEPARATORS).filter(Boolean)
}

/** The words of several texts, each word once, within a bound. */
export function wordsOf(texts: Iterable<string>): string[] {
  const words = new Set<string>()
  let left = SEARCHABLE
  for (const text of texts) {
    if (left <= 0) break
    for (const word of wordsIn(text.slice(0, left))) words.add(word)
    left -= text.length + 1
  }
  return [...words]
}

/** The member names and the strings, numbers and truth values in a JSON value, depth first, without recursion. */
export function* leavesOf(value: unknown): Generator<string> {
  const stack: unknown[] = [value]
  while (stack.length > 0) {
    const top = stack.pop()
    if (typeof top === 'string') yield top
    else if (typeof top === 'number' || typeof top === 'boolean') yield String(top)
    else if (Array.isArray(top)) for (let i = top.length - 1; i >= 0; i -= 1) stack.push(top[i])
    else if (top !== null && typeof top === 'object')
      for (const [name, member] of Object.entries(top).reverse()) stack.push(member, name)
  }
}
