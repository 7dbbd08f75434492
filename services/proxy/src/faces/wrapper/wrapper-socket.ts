import { decodeFrame, encodeFrame, encodeWord, type Frame, type Word } from '@sallyport/stdio'
import type { WebSocket } from 'ws'
import type { ClientLine } from './channel-answer.ts'

/** Beyond this whoever writes is asked to wait. */
const HIGH = 1024 * 1024
const PING_MS = 20_000

export interface WrapperSocketOptions {
  readonly socket: WebSocket
  /** A wrapper of which more than this waits to be read is given up. */
  readonly waitingBytes: number
  readonly onFrame: (frame: Frame) => void
  readonly onClose: () => void
}

/** The WebSocket of a wrapper: frames in and out, with an end to how much may wait. */
export class WrapperSocket implements ClientLine {
  readonly #socket: WebSocket
  readonly #waitingBytes: number
  readonly #ping: NodeJS.Timeout
  #drains: (() => void)[] = []
  #answered = true
  #pauses = 0

  constructor({ socket, waitingBytes, onFrame, onClose }: WrapperSocketOptions) {
    this.#socket = socket
    this.#waitingBytes = waitingBytes
    socket.on('message', (message: Buffer) => {
      const frame = decodeFrame(message)
      if (frame) onFrame(frame)
    })
    socket.on('pong', () => {
      this.#answered = true
    })
    // The close that follows says what went wrong.
    socket.on('error', () => {})
    socket.on('close', () => {
      clearInterval(this.#ping)
      onClose()
    })
    this.#ping = setInterval(() => this.#probe(), PING_MS).unref()
  }

  get gone(): boolean {
    return this.#socket.readyState !== this.#socket.OPEN
  }

  /** To the client. */
  send(text: string): boolean {
    this.#write(encodeFrame('c', text))
    return this.#socket.bufferedAmount < HIGH
  }

  /** To the server. False when too much waits for the wrapper to read it: it was not sent. */
  sendToServer(text: string): boolean {
    if (this.gone || this.#socket.bufferedAmount + text.length > this.#waitingBytes) return false
    this.#write(encodeFrame('s', text))
    return true
  }

  tell(word: Word): void {
    this.#write(encodeWord(word))
  }

  onceDrained(go: () => void): void {
    this.#drains.push(go)
  }

  /** Nothing more is read until whoever paused has resumed; several may have. */
  pause(): void {
    this.#pauses += 1
    if (this.#pauses === 1) this.#socket.pause()
  }

  resume(): void {
    this.#pauses -= 1
    if (this.#pauses === 0) this.#socket.resume()
  }

  /** Bytes that were written before still go out. */
  close(code: number, reason: string): void {
    this.#socket.resume()
    this.#socket.close(code, reason)
  }

  terminate(): void {
    this.#socket.terminate()
  }

  #write(frame: Buffer): void {
    if (this.gone) return
    this.#socket.send(frame, () => this.#written())
    // A peer that does not read must not fill the memory of all.
    if (this.#socket.bufferedAmount > 2 * this.#waitingBytes) this.#socket.terminate()
  }

  #written(): void {
    if (this.#socket.bufferedAmount >= HIGH) return
    const drains = this.#drains
    this.#drains = []
    for (const go of drains) go()
  }

  #probe(): void {
    if (this.#socket.isPaused) return
    if (!this.#answered) {
      this.#socket.terminate()
      return
    }
    this.#answered = false
    this.#socket.ping()
  }
}
