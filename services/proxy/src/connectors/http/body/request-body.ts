import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { BodyTooSlow, TooManyBytes } from '../../../governing/limits/errors.ts'
import type { MemoryShare } from '../../../governing/limits/memory.ts'

export interface BodyRules {
  /** The most that is kept of a body before it goes upstream. */
  readonly keepBytes: number
  /** How long what is kept may take to arrive. */
  readonly keepMs: number
  /** How long the client may send nothing while its body goes upstream. */
  readonly idleMs: number
}

/** The part of an unread body that went upstream. */
export interface SentBody {
  readonly bytes: number
  /** SHA-256, hex; null for as long as it is not all sent. */
  readonly sha256: string | null
}

/**
 * The body of one request, which stays with its client until somebody wants it: kept whole where it has to be read or
 * to wait, else passed on as it comes, no faster than the upstream takes it.
 */
export class RequestBody {
  readonly #incoming: Readable
  readonly #rules: BodyRules
  readonly #memory: MemoryShare
  readonly #begin: () => void
  readonly #chunks: Buffer[] = []
  #length = 0
  #begun = false
  #ended = false
  #failure: Error | undefined
  #sent: SentBody = { bytes: 0, sha256: null }

  /** `begin` tells a client that asked first (100-continue) to send it. `memory` is released by whoever opened it. */
  constructor(incoming: Readable, rules: BodyRules, memory: MemoryShare, begin: () => void) {
    this.#incoming = incoming
    this.#rules = rules
    this.#memory = memory
    this.#begin = begin
    // A socket that fails while nobody reads has nobody to tell here: its response closes.
    incoming.on('error', () => {})
  }

  get sent(): SentBody {
    return this.#sent
  }

  /** Why the stream broke off where that was the client's doing: too slow, or gone. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Whether all of it has arrived. */
  get ended(): boolean {
    return this.#ended
  }

  /**
   * The whole body; undefined where it is larger than may be kept, and then what has arrived of it is the beginning of
   * the stream. Throws BodyTooSlow, TooManyBytes, and what the socket says.
   */
  async keep(): Promise<Buffer | undefined> {
    const { keepBytes, keepMs } = this.#rules
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => reject(new BodyTooSlow(keepMs)), keepMs)
    const stop = this.#listen({
      chunk: (chunk) => {
        this.#chunks.push(chunk)
        this.#length += chunk.length
        if (!this.#memory.hold(this.#length)) reject(new TooManyBytes())
        else if (this.#length > keepBytes) resolve()
      },
      end: resolve,
      fail: reject,
    })
    try {
      await promise
    } finally {
      clearTimeout(timer)
      stop()
    }
    return this.#length > keepBytes ? undefined : Buffer.concat(this.#chunks, this.#length)
  }

  /** The kept part and the rest that comes after it, counted and hashed on the way. Read once. */
  stream(): Readable {
    const { idleMs } = this.#rules
    const hash = createHash('sha256')
    let bytes = 0
    let stop: (() => void) | undefined
    let timer: NodeJS.Timeout | undefined
    const pass = (chunk: Buffer): boolean => {
      hash.update(chunk)
      bytes += chunk.length
      this.#sent = { bytes, sha256: null }
      return stream.push(chunk)
    }
    const end = () => {
      clearTimeout(timer)
      this.#sent = { bytes, sha256: hash.digest('hex') }
      stream.push(null)
    }
    const fail = (error: Error) => {
      this.#failure = error
      stream.destroy(error)
    }
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(() => fail(new BodyTooSlow(idleMs)), idleMs)
      this.#incoming.resume()
    }
    const begin = () => {
      for (const chunk of this.#chunks.splice(0)) pass(chunk)
      this.#memory.hold(0)
      if (this.#ended) {
        end()
        return
      }
      stop = this.#listen({
        chunk: (chunk) => {
          if (pass(chunk)) wait()
          else {
            clearTimeout(timer)
            this.#incoming.pause()
          }
        },
        end,
        fail,
      })
      wait()
    }
    const stream: Readable = new Readable({
      highWaterMark: STREAM_BYTES,
      read: () => {
        if (this.#sent.sha256 !== null) return
        if (stop === undefined) begin()
        else wait()
      },
      destroy: (error, done) => {
        clearTimeout(timer)
        stop?.()
        done(error)
      },
    })
    return stream
  }

  /** Begins to read. The socket stays open when it stops again: the answer goes out on it. */
  #listen(heard: Heard): () => void {
    const incoming = this.#incoming
    const stop = () => {
      incoming.off('data', heard.chunk).off('end', onEnd).off('error', heard.fail).off('close', onClose)
    }
    const onEnd = () => {
      stop()
      this.#ended = true
      heard.end()
    }
    const onClose = () => heard.fail(new Error('the request was broken off'))
    if (!this.#begun) this.#begin()
    this.#begun = true
    incoming.on('data', heard.chunk).on('end', onEnd).on('error', heard.fail).on('close', onClose)
    if (incoming.destroyed) onClose()
    incoming.resume()
    return () => {
      incoming.pause()
      stop()
    }
  }
}

const STREAM_BYTES = 64 * 1024

interface Heard {
  readonly chunk: (chunk: Buffer) => void
  readonly end: () => void
  readonly fail: (error: Error) => void
}
