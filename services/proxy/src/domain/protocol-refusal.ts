import type { JsonObject } from '@sallyport/jsonrpc'

/** A message breaks the rules of its protocol, and what the specification answers it with. */
export interface ProtocolRefusal {
  /** Of HTTP; 200 where the specification answers within the protocol. */
  readonly status: number
  /** Of the protocol. */
  readonly code: number
  /** For the sender and for the record: never what was sent. */
  readonly message: string
  readonly data?: JsonObject
}
