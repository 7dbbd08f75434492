import { KeywordAutomaton } from './keyword-automaton.ts'

/** Where the keywords of many things stand in a text, in one pass. */
export class KeywordSearch<T extends { readonly keywords: readonly string[] }> {
  readonly #entries: readonly { readonly item: T; readonly index: number; readonly length: number }[]
  readonly #automaton: KeywordAutomaton

  constructor(items: readonly T[]) {
    this.#entries = items.flatMap((item, index) =>
      item.keywords.map(({ length }) => ({ item, index, length })),
    )
    this.#automaton = new KeywordAutomaton(items.flatMap(({ keywords }) => keywords))
  }

  /**
   * Calls `found` with each thing and where a keyword of it begins and ends. It gives up to where the text is done for that
   * thing: keywords that begin before that are passed over. Undefined where nothing is done.
   */
  run(text: string, found: (item: T, start: number, end: number) => number | undefined): void {
    const done: number[] = []
    this.#automaton.search(text, (hit, end) => {
      const entry = this.#entries[hit]
      if (entry === undefined) return
      const { item, index, length } = entry
      const start = end - length
      if (start < (done[index] ?? 0)) return
      const until = found(item, start, end)
      if (until !== undefined) done[index] = until
    })
  }
}
