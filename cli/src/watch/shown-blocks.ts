import { wrap } from './wrap.ts'

/** Something that is to be seen: a part of the arguments by its place, or facts around them, which have none. */
export interface Block {
  readonly place: string | null
  /** Printable; may have several lines. */
  readonly text: string
}

interface Line {
  readonly text: string
  readonly block: number
}

/** Blocks as lines of a terminal, and which of them have been on the screen. */
export class ShownBlocks {
  readonly #blocks: readonly Block[]
  #lines: Line[] = []
  #seenLines = new Uint8Array(0)
  /** By block, how many of its lines were not seen; what was seen whole stays so when the terminal changes its size. */
  #left: number[] = []
  readonly #whole = new Set<number>()

  constructor(blocks: readonly Block[], columns: number) {
    this.#blocks = blocks
    this.layOut(columns)
  }

  get length(): number {
    return this.#lines.length
  }

  layOut(columns: number): void {
    this.#lines = this.#blocks.flatMap(({ text }, block) =>
      text.split('\n').flatMap((line) => wrap(line, columns).map((one) => ({ text: one, block }))),
    )
    this.#seenLines = new Uint8Array(this.#lines.length)
    this.#left = this.#blocks.map(() => 0)
    for (const { block } of this.#lines) this.#left[block] = (this.#left[block] ?? 0) + 1
  }

  /** The lines of a screen, which have now been seen. */
  show(from: number, count: number): string[] {
    const lines = this.#lines.slice(from, from + count)
    for (const [nth, { block }] of lines.entries()) {
      if (this.#seenLines[from + nth]) continue
      this.#seenLines[from + nth] = 1
      const left = (this.#left[block] ?? 0) - 1
      this.#left[block] = left
      if (left === 0) this.#whole.add(block)
    }
    return lines.map(({ text }) => text)
  }

  /** The places of what was not on the screen whole. */
  unseen(): string[] {
    return this.#blocks.flatMap(({ place }, block) =>
      place === null || this.#whole.has(block) ? [] : [place],
    )
  }

  /** The first line that was not seen of what was not seen whole. */
  firstUnseen(): number {
    const at = this.#lines.findIndex(
      ({ block }, nth) =>
        this.#seenLines[nth] === 0 && !this.#whole.has(block) && this.#blocks[block]?.place !== null,
    )
    return Math.max(0, at)
  }
}
