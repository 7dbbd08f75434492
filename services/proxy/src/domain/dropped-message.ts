/** A message of an upstream's that reaches nobody. */
export interface DroppedMessage {
  /**
   * `refused`: it cannot be read without doubt. `answered`: its request had its answer already. `unasked`: it answers
   * nothing that was asked and still waits.
   */
  readonly reason: 'refused' | 'answered' | 'unasked'
  /** The rule that it breaks, and a JSON Pointer to the place; null where it was not refused. */
  readonly rule: string | null
  readonly place: string | null
}

export const ANSWERED: DroppedMessage = { reason: 'answered', rule: null, place: null }
export const UNASKED: DroppedMessage = { reason: 'unasked', rule: null, place: null }
