import { TooManyCalls, TooManyStreams } from '../../governing/limits/errors.ts'
import { Slots } from '../../governing/limits/slots.ts'

type Kind = 'call' | 'stream'

/** A response, or a socket that changed its protocol. It closes when the exchange is over. */
interface Connection {
  readonly closed: boolean
  once(event: 'close', listener: () => void): unknown
}

/** How many calls and streams of each gateway are under way, from the head of the request to the end of the answer. */
export class CallersAtOnce {
  readonly #slots: Readonly<Record<Kind, Slots>>
  readonly #kinds = new WeakMap<Connection, Kind>()

  constructor(calls: number, streams: number) {
    this.#slots = { call: new Slots(calls), stream: new Slots(streams) }
  }

  /**
   * Counts one more call until its connection closes. Gives the error of the limit when the gateway has the most that
   * it may have.
   */
  admit(kind: Kind, gatewayId: string, connection: Connection): TooManyCalls | TooManyStreams | undefined {
    const full = this.#take(kind, gatewayId, connection)
    if (full === undefined) connection.once('close', () => this.#leave(gatewayId, connection))
    return full
  }

  /** A call turns out to be a stream, which may stay open for hours. */
  becomesStream(gatewayId: string, connection: Connection): TooManyCalls | TooManyStreams | undefined {
    if (connection.closed) return undefined
    this.#leave(gatewayId, connection)
    return this.#take('stream', gatewayId, connection)
  }

  #take(kind: Kind, gatewayId: string, connection: Connection) {
    const slots = this.#slots[kind]
    if (slots.take(gatewayId)) this.#kinds.set(connection, kind)
    else return kind === 'call' ? new TooManyCalls(slots.max) : new TooManyStreams(slots.max)
    return undefined
  }

  #leave(gatewayId: string, connection: Connection): void {
    const kind = this.#kinds.get(connection)
    if (kind !== undefined) this.#slots[kind].free(gatewayId)
    this.#kinds.delete(connection)
  }
}
