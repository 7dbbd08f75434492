/** The body of an answer that is read as a whole. */
export class AnswerBody {
  readonly #chunks: Buffer[] = []

  push(bytes: Buffer): void {
    this.#chunks.push(bytes)
  }

  get bytes(): Buffer {
    const [only, ...more] = this.#chunks
    return only !== undefined && more.length === 0 ? only : Buffer.concat(this.#chunks)
  }
}
