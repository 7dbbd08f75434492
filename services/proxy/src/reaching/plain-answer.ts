import type { UpstreamReceiver } from './upstream-receiver.ts'

const NOBODY = { abort() {}, pause() {}, resume() {}, aborted: false, paused: false, reason: null }

/** Answers a request of the proxy's without a body, for upstreams that are not reached by HTTP. */
export function plainAnswer(receiver: UpstreamReceiver, status: number): void {
  receiver.onRequestStart(NOBODY)
  receiver.onResponseStart(NOBODY, status, {})
  receiver.onResponseEnd()
}
