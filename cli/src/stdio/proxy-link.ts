import {
  COMMAND_HEADER,
  commandDigest,
  decodeFrame,
  encodeFrame,
  encodeWord,
  type Frame,
  SESSION_HEADER,
  WIRE_PROTOCOL,
  type Word,
} from '@sallyport/stdio'
import { WebSocket } from 'ws'
import { SallyportNotReached } from './errors.ts'

/** Where a wrapper connects to, and as whom. */
export interface Place {
  /** The proxy's address without a path. */
  readonly proxy: string
  readonly token: string
  /** The upstream that the server is, and the command as it was registered. */
  readonly name: string
  readonly command: readonly string[]
}

/** Beyond this whoever writes is asked to wait. */
const HIGH = 1024 * 1024
const HANDSHAKE_MS = 5000
const PING_MS = 20_000

export interface LinkEvents {
  readonly onFrame: (frame: Frame) => void
  /** Called once after it was open. */
  readonly onClose: () => void
}

/** One connection of a wrapper to a proxy. */
export class ProxyLink {
  readonly #socket: WebSocket
  #drains: (() => void)[] = []
  #alive = true

  private constructor(socket: WebSocket, { onFrame, onClose }: LinkEvents) {
    this.#socket = socket
    const ping = setInterval(() => this.#probe(), PING_MS).unref()
    socket.on('message', (message: Buffer) => {
      const frame = decodeFrame(message)
      if (frame) onFrame(frame)
    })
    socket.on('pong', () => {
      this.#alive = true
    })
    socket.on('close', () => {
      clearInterval(ping)
      onClose()
    })
  }

  /** Rejects with SallyportNotReached, which says why. */
  static open(place: Place, session: string | undefined, events: LinkEvents): Promise<ProxyLink> {
    const { proxy, token, name, command } = place
    const url = `${proxy.replace(/^http/, 'ws')}/stdio/${encodeURIComponent(name)}`
    const headers: Record<string, string> = {
      authorization: `Bearer ${token}`,
      [COMMAND_HEADER]: commandDigest(command),
      ...(session === undefined ? {} : { [SESSION_HEADER]: session }),
    }
    const socket = new WebSocket(url, [WIRE_PROTOCOL], {
      headers,
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_MS,
      // The messages of a proxy are bounded by the proxy.
      maxPayload: 0,
    })
    return new Promise((resolve, reject) => {
      socket.on('error', (cause) => reject(new SallyportNotReached(`${proxy}: ${cause.message}`, { cause })))
      socket.on('unexpected-response', (request, response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const status = response.statusCode ?? 0
          // A proxy that is only behind will know the gateway and the server in a moment.
          const refused = status === 403 || status === 409
          reject(new SallyportNotReached(problemIn(Buffer.concat(chunks), status), { refused }))
          request.destroy()
        })
      })
      // Listens before the first frame can come.
      socket.on('upgrade', () => {
        const link = new ProxyLink(socket, events)
        socket.once('open', () => resolve(link))
      })
    })
  }

  /** False when the proxy reads slower than we write: wait for `onceDrained`. */
  send(tag: 'c' | 's', line: Uint8Array): boolean {
    this.#write(encodeFrame(tag, line))
    return this.#socket.bufferedAmount < HIGH
  }

  tell(word: Word): void {
    this.#write(encodeWord(word))
  }

  onceDrained(go: () => void): void {
    this.#drains.push(go)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  close(): void {
    this.#socket.resume()
    this.#socket.close(1000)
  }

  #write(frame: Buffer): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame, () => this.#written())
  }

  #written(): void {
    if (this.#socket.bufferedAmount >= HIGH) return
    const drains = this.#drains
    this.#drains = []
    for (const go of drains) go()
  }

  #probe(): void {
    if (this.#socket.isPaused) return
    if (!this.#alive) this.#socket.terminate()
    this.#alive = false
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping()
  }
}

/** The reason of a proxy that does not let us in. */
function problemIn(body: Buffer, status: number): string {
  try {
    const { detail, code } = JSON.parse(body.toString()) as { detail?: unknown; code?: unknown }
    if (typeof detail === 'string') return typeof code === 'string' ? `${detail} (${code})` : detail
  } catch {
    // No problem object: the status has to do.
  }
  return `it answered with status ${status}`
}
