import { SseFrameTooLarge, SseNotUtf8 } from './errors.ts'
import type { SseFrame } from './sse-frame.ts'

export type { SseFrame } from './sse-frame.ts'

export interface SseDecoder {
  /** UTF-16 units held of an unfinished frame. */
  readonly held: number
  /**
   * The frames that these bytes complete, in order. A comment comes out with the end of its line, an event
   * with its blank line. Throws SseFrameTooLarge or SseNotUtf8, and after that again on every call.
   */
  push(bytes: Uint8Array): SseFrame[]
  /** At the end of the stream: whether it broke off inside an event, which readers discard. */
  end(): { readonly truncated: boolean }
}

const DEFAULT_MAX_LENGTH = 4 * 1024 * 1024

/**
 * Reads an event stream (HTML living standard, section 9.2.6) in chunks cut anywhere. `maxLength` bounds what
 * one unfinished frame holds, in UTF-16 units.
 */
export function sseDecoder(options: { readonly maxLength?: number } = {}): SseDecoder {
  return new Decoder(options.maxLength ?? DEFAULT_MAX_LENGTH)
}

type Fields = { -readonly [Field in keyof SseFrame]: SseFrame[Field] }

class Decoder implements SseDecoder {
  readonly #maxLength: number
  // Drops a leading byte order mark, as the standard's readers do; frames are written without one.
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true })
  #failure: Error | undefined
  #line = ''
  #afterCr = false
  #block: Fields = {}
  #data: string[] = []
  /** UTF-16 units held in `block` and `data`. */
  #taken = 0

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  get held(): number {
    return this.#taken + this.#line.length
  }

  push(bytes: Uint8Array): SseFrame[] {
    if (this.#failure) throw this.#failure
    const frames: SseFrame[] = []
    this.#read(this.#decode(bytes), frames)
    return frames
  }

  end(): { truncated: boolean } {
    const unfinished = this.#line !== '' || this.#data.length > 0 || Object.keys(this.#block).length > 0
    return { truncated: unfinished || this.#insideCharacter() }
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#utf8.decode(bytes, { stream: true })
    } catch (cause) {
      return this.#fail(new SseNotUtf8({ cause }))
    }
  }

  #insideCharacter(): boolean {
    try {
      return this.#utf8.decode() !== ''
    } catch {
      return true
    }
  }

  #read(text: string, frames: SseFrame[]): void {
    let at = 0
    if (this.#afterCr && text !== '') {
      if (text[0] === '\n') at = 1
      this.#afterCr = false
    }
    const lineEnd = /\r\n|\r|\n/g
    lineEnd.lastIndex = at
    for (let end = lineEnd.exec(text); end !== null; end = lineEnd.exec(text)) {
      const line = this.#line + text.slice(at, end.index)
      this.#line = ''
      this.#bound(line.length)
      this.#take(line, frames)
      at = lineEnd.lastIndex
      // A CR ends its line at once; an LF that comes with the next chunk belongs to it.
      if (end[0] === '\r' && at === text.length) this.#afterCr = true
    }
    this.#line += text.slice(at)
    this.#bound(this.#line.length)
  }

  #bound(lineLength: number): void {
    if (this.#taken + lineLength > this.#maxLength) this.#fail(new SseFrameTooLarge(this.#maxLength))
  }

  #take(line: string, frames: SseFrame[]): void {
    if (line === '') {
      this.#dispatch(frames)
      return
    }
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    switch (field) {
      case '':
        frames.push({ comment: value })
        return
      case 'data':
        this.#data.push(value)
        break
      case 'event':
        this.#block.event = value
        break
      case 'id':
        if (value.includes('\0')) return
        this.#block.id = value
        break
      case 'retry':
        if (!/^[0-9]{1,15}$/.test(value)) return
        this.#block.retry = Number(value)
        break
      default:
        return
    }
    this.#taken += value.length + 1
  }

  #dispatch(frames: SseFrame[]): void {
    if (this.#data.length > 0) this.#block.data = this.#data.join('\n')
    if (Object.keys(this.#block).length > 0) frames.push(this.#block)
    this.#block = {}
    this.#data = []
    this.#taken = 0
  }

  #fail(failure: Error): never {
    this.#failure = failure
    throw failure
  }
}
