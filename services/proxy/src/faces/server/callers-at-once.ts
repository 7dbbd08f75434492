import type { ServerResponse } from 'node:http'
import { TooManyCalls, TooManyStreams } from '../../governing/limits/errors.ts'
import { Places } from '../../governing/limits/places.ts'

type Kind = 'call' | 'stream'

/** How many calls and streams of each gateway are under way, from the head of the request to the end of the answer. */
export class CallersAtOnce {
  readonly #places: Readonly<Record<Kind, Places>>
  readonly #kinds = new WeakMap<ServerResponse, Kind>()

  constructor(calls: number, streams: number) {
    this.#places = { call: new Places(calls), stream: new Places(streams) }
  }

  /** Counts one more until its response closes; the error of the limit when the gateway has as many as it may. */
  admit(kind: Kind, gatewayId: string, response: ServerResponse): TooManyCalls | TooManyStreams | undefined {
    const full = this.#take(kind, gatewayId, response)
    if (full === undefined) response.once('close', () => this.#leave(gatewayId, response))
    return full
  }

  /** What was let in as a call turns out to be a stream, which may stay open for hours. */
  becomesStream(gatewayId: string, response: ServerResponse): TooManyCalls | TooManyStreams | undefined {
    if (response.closed) return undefined
    this.#leave(gatewayId, response)
    return this.#take('stream', gatewayId, response)
  }

  #take(kind: Kind, gatewayId: string, response: ServerResponse) {
    const places = this.#places[kind]
    if (places.take(gatewayId)) this.#kinds.set(response, kind)
    else return kind === 'call' ? new TooManyCalls(places.max) : new TooManyStreams(places.max)
    return undefined
  }

  #leave(gatewayId: string, response: ServerResponse): void {
    const kind = this.#kinds.get(response)
    if (kind !== undefined) this.#places[kind].leave(gatewayId)
    this.#kinds.delete(response)
  }
}
