/**
 * One block of an event stream (HTML living standard, section 9.2), or a comment by itself. A field that is absent
 * was not sent: `data: ''` is an event with empty data, and a block without `data` is not an event. An `id` alone
 * only moves the resumption point.
 */
export interface SseFrame {
  readonly comment?: string
  readonly event?: string
  readonly id?: string
  /** Milliseconds. */
  readonly retry?: number
  /** Lines are parted by LF. */
  readonly data?: string
}
