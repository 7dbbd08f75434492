/**
 * Why an intent had no effect: no such approval, too late, the state does not admit it, the event is wrong, the voter does
 * not count here, or has voted before, or it is about arguments that somebody has edited meanwhile.
 */
export type RejectionKind =
  | 'not_found'
  | 'expired'
  | 'conflict'
  | 'invalid'
  | 'forbidden'
  | 'voted'
  | 'edited'

export interface Rejection {
  readonly kind: RejectionKind
  readonly reason: string
}
