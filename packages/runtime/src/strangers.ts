import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket, Server as SocketServer } from 'node:net'
import type { Logger } from './logger.ts'

export interface StrangerLimits {
  /** How many there may be at once. */
  readonly max: number
  /** How long each may stay, in milliseconds. */
  readonly withinMs: number
}

interface Stranger {
  readonly since: number
  leave: NodeJS.Timeout
  answering: boolean
}

/**
 * The connections to a server whose caller has not shown yet who it is. There are only so many, and each stays only so
 * long, whatever it sends. One more makes the oldest leave: callers who are known show that in their first request.
 */
export class Strangers {
  readonly #limits: StrangerLimits
  readonly #logger: Logger
  /** The oldest first. */
  readonly #sockets = new Map<Socket, Stranger>()

  constructor(limits: StrangerLimits, logger: Logger) {
    this.#limits = limits
    this.#logger = logger
  }

  get count(): number {
    return this.#sockets.size
  }

  watch(server: Server): void {
    this.watchSockets(server)
    server.prependListener('request', (request, response) => this.#asked(request, response))
  }

  /** The same for a server of another protocol: none of its callers waits for an answer. */
  watchSockets(server: SocketServer): void {
    server.on('connection', (socket: Socket) => this.#arrived(socket))
  }

  /** The caller at the other end is known from now on. */
  welcome(socket: Socket): void {
    const stranger = this.#sockets.get(socket)
    if (stranger === undefined) return
    clearTimeout(stranger.leave)
    this.#sockets.delete(socket)
  }

  #arrived(socket: Socket): void {
    const { max, withinMs } = this.#limits
    if (this.#sockets.size >= max) this.#makeRoom()
    const leave = setTimeout(() => this.#late(socket), withinMs).unref()
    this.#sockets.set(socket, { since: performance.now(), leave, answering: false })
    socket.once('close', () => this.welcome(socket))
  }

  /** The one that has been here longest of those that wait for no answer, or of all. */
  #makeRoom(): void {
    const oldest = this.#oldestIdle() ?? this.#sockets.keys().next().value
    if (oldest === undefined) return
    const { max } = this.#limits
    this.#logger.warn({ max }, 'too many connections of callers that nobody knows: the oldest is closed')
    this.#close(oldest)
  }

  #oldestIdle(): Socket | undefined {
    for (const [socket, { answering }] of this.#sockets) if (!answering) return socket
    return undefined
  }

  #asked({ socket }: IncomingMessage, response: ServerResponse): void {
    const stranger = this.#sockets.get(socket)
    if (stranger === undefined) return
    stranger.answering = true
    // The caller hears of it before the connection ends under its next request.
    if (performance.now() - stranger.since > this.#limits.withinMs / 2) response.shouldKeepAlive = false
    response.once('close', () => {
      stranger.answering = false
    })
  }

  #late(socket: Socket): void {
    const stranger = this.#sockets.get(socket)
    if (stranger === undefined) return
    if (!stranger.answering) {
      this.#close(socket)
      return
    }
    // A token may be looked at meanwhile; an answer that nobody takes does not hold the place for ever.
    stranger.leave = setTimeout(() => this.#close(socket), this.#limits.withinMs).unref()
  }

  #close(socket: Socket): void {
    this.welcome(socket)
    socket.destroy()
  }
}
