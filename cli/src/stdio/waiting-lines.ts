/** Beyond this the client is not read any more. */
const HIGH = 1024 * 1024

/** The lines of the client while it has no Sallyport. */
export class WaitingLines {
  #lines: Uint8Array[] = []
  #bytes = 0

  get empty(): boolean {
    return this.#lines.length === 0
  }

  get full(): boolean {
    return this.#bytes > HIGH
  }

  add(line: Uint8Array): void {
    this.#lines.push(line)
    this.#bytes += line.length
  }

  takeAll(): Uint8Array[] {
    const lines = this.#lines
    this.#lines = []
    this.#bytes = 0
    return lines
  }
}
