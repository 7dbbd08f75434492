import type { Readable } from 'node:stream'

/** A request as it is sent to an upstream that is reached by HTTP. */
export interface HttpRequest {
  readonly method: string
  /** Names and values in turn. */
  readonly headers: string[]
  /** A stream is sent as it comes, and cannot be sent again. */
  readonly body: string | Buffer | Readable | null
  /** Whether its answer may be silent for hours. */
  readonly endless?: boolean
  /** An address of the upstream's other than the registered one. */
  readonly url?: string
  /** Path and query at the origin of that address, where they are not the address's own. */
  readonly path?: string
  /** Another protocol that the connection is to speak, such as `websocket`. */
  readonly upgrade?: string
}
