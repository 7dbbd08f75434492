import { write as writeLater, writeSync } from 'node:fs'

/** Bytes of lines that wait for a reader that is slow. */
const MOST_WAITING = 1_048_576
const BUSY_MS = 50
const NEWLINE = 0x0a

/**
 * Lines for a file descriptor. A full disk, a reader that is gone or one that does not read neither ends the process nor
 * holds it up: what cannot be written, or finds no room to wait, is counted and left out.
 */
export class LogLines {
  readonly #fd: number
  readonly #onBack: (lost: number) => void
  #waiting: string[] = []
  #waitingBytes = 0
  #writing = false
  /** Found no room at once, and is tried again. */
  #delayed: Buffer | undefined
  /** The last line was cut off in its middle. */
  #broken = false
  #lost = 0
  #untold = 0

  /** `onBack` is told how many lines were lost, once there is room again. */
  constructor(fd: number, onBack: (lost: number) => void = () => {}) {
    this.#fd = fd
    this.#onBack = onBack
    process.on('exit', () => this.#writeRest())
  }

  /** How many lines could not be written. */
  lost(): number {
    return this.#lost
  }

  /** `line` ends with its line feed. Never throws and never waits. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#waitingBytes + bytes > MOST_WAITING) {
      this.#lose(1)
      return
    }
    this.#waiting.push(line)
    this.#waitingBytes += bytes
    if (!this.#writing) this.#writeWaiting()
  }

  #writeWaiting(): void {
    const chunk = this.#take()
    this.#writing = chunk.length > 0
    if (this.#writing) this.#write(chunk)
  }

  #write(chunk: Buffer): void {
    writeLater(this.#fd, chunk, (error, written) => {
      if (error?.code === 'EAGAIN') this.#writeLater(chunk)
      else if (error) this.#failed(chunk)
      else if (written < chunk.length) this.#went(chunk.subarray(0, written), chunk.subarray(written))
      else this.#wrote(chunk)
    })
  }

  #writeLater(chunk: Buffer): void {
    this.#delayed = chunk
    setTimeout(() => {
      this.#delayed = undefined
      this.#write(chunk)
    }, BUSY_MS).unref()
  }

  #went(part: Buffer, rest: Buffer): void {
    this.#broken = part.at(-1) !== NEWLINE
    this.#write(rest)
  }

  #wrote(chunk: Buffer): void {
    this.#broken = chunk.at(-1) !== NEWLINE
    const lost = this.#untold
    this.#untold = 0
    if (lost > 0) this.#onBack(lost)
    this.#writeWaiting()
  }

  #failed(chunk: Buffer): void {
    this.#lose(linesIn(chunk))
    this.#writeWaiting()
  }

  #take(): Buffer {
    const text = this.#waiting.join('')
    this.#waiting = []
    this.#waitingBytes = 0
    return Buffer.from(this.#broken && text !== '' ? `\n${text}` : text)
  }

  #lose(lines: number): void {
    this.#lost += lines
    this.#untold += lines
  }

  #writeRest(): void {
    try {
      if (this.#delayed !== undefined) writeSync(this.#fd, this.#delayed)
      writeSync(this.#fd, this.#take())
    } catch {
      // There is nobody left to count it for.
    }
  }
}

function linesIn(chunk: Buffer): number {
  let lines = 0
  for (const byte of chunk) if (byte === NEWLINE) lines += 1
  return lines
}
