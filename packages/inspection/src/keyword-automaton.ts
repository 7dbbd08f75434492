const ASCII = 0x80

/**
 * Finds all keywords in one pass over a text, ASCII letters regardless of case (Aho and Corasick, "Efficient string
 * matching", 1975). Keywords are of ASCII characters. Nothing is allocated while searching.
 */
export class KeywordAutomaton {
  /** The class of each character; 0 for those in no keyword. */
  readonly #classes = new Uint8Array(ASCII)
  readonly #width: number
  /** The next state, for each state and class. */
  readonly #next: Uint16Array
  /** Where the keywords that end in a state begin in `#ended`, and where those of the next state do. */
  readonly #firstEnded: Uint32Array
  readonly #ended: Uint16Array

  /** At most 65,535 characters in all keywords together. */
  constructor(keywords: readonly string[]) {
    this.#width = this.#classify(keywords) + 1
    const trie = this.#trie(keywords)
    this.#next = new Uint16Array(trie.length * this.#width)
    const ended = this.#link(trie)
    this.#firstEnded = Uint32Array.from([0, ...sums(ended.map((list) => list.length))])
    this.#ended = Uint16Array.from(ended.flat())
  }

  /** Calls `found` with the index of each keyword and where it ends, from left to right. */
  search(text: string, found: (keyword: number, end: number) => void): void {
    const classes = this.#classes
    const next = this.#next
    const width = this.#width
    const first = this.#firstEnded
    let state = 0
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      state = next[state * width + (unit < ASCII ? (classes[unit] as number) : 0)] as number
      const from = first[state] as number
      const to = first[state + 1] as number
      for (let one = from; one < to; one++) found(this.#ended[one] as number, at + 1)
    }
  }

  #classify(keywords: readonly string[]): number {
    let count = 0
    for (const keyword of keywords)
      for (const character of keyword.toLowerCase()) {
        const unit = character.charCodeAt(0)
        if (unit >= ASCII) throw new Error(`the keyword ${keyword} is not of ASCII characters`)
        if (this.#classes[unit] !== 0) continue
        count++
        this.#classes[unit] = count
        this.#classes[character.toUpperCase().charCodeAt(0)] = count
      }
    return count
  }

  #trie(keywords: readonly string[]): Node[] {
    const nodes: Node[] = [{ children: new Map(), keywords: [] }]
    keywords.forEach((keyword, index) => {
      let node = nodes[0] as Node
      for (let at = 0; at < keyword.length; at++) {
        const kind = this.#classes[keyword.charCodeAt(at)] as number
        let child = node.children.get(kind)
        if (child === undefined) {
          child = nodes.length
          nodes.push({ children: new Map(), keywords: [] })
          node.children.set(kind, child)
        }
        node = nodes[child] as Node
      }
      node.keywords.push(index)
    })
    return nodes
  }

  /** Fills in the transitions, breadth first; gives the keywords that end in each state. */
  #link(trie: readonly Node[]): readonly (readonly number[])[] {
    const fallback = new Uint16Array(trie.length)
    const ended: (readonly number[])[] = trie.map(({ keywords }) => keywords)
    const queue = [0]
    for (const state of queue) {
      const { children } = trie[state] as Node
      const behind = fallback[state] as number
      for (let kind = 0; kind < this.#width; kind++) {
        const child = children.get(kind)
        const otherwise = state === 0 ? 0 : (this.#next[behind * this.#width + kind] as number)
        this.#next[state * this.#width + kind] = child ?? otherwise
        if (child === undefined) continue
        fallback[child] = otherwise
        ended[child] = [...(ended[child] ?? []), ...(ended[otherwise] ?? [])]
        queue.push(child)
      }
    }
    return ended
  }
}

interface Node {
  readonly children: Map<number, number>
  readonly keywords: number[]
}

function sums(lengths: readonly number[]): number[] {
  let sum = 0
  return lengths.map((length) => {
    sum += length
    return sum
  })
}
