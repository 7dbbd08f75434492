import type { JsonValue, RequestId } from '@sallyport/jsonrpc'
import type { Signals } from '@sallyport/signals'
import type { Action } from '../../../domain/action.ts'
import type { HeldCalls } from '../../../governing/hold/held-calls.ts'
import type { OpenExchanges } from '../../../governing/open-exchanges.ts'
import { UnheardReceiver } from '../../../reaching/unheard-receiver.ts'
import type { McpCall } from '../message/call.ts'
import { type BoundIds, idOf, idText } from '../rewrite/bound-ids.ts'
import { type Reaching, sendOwn } from './own-message.ts'

const SUBJECT = 'sallyport.cancelled'
const LONGEST_ID = 128

/** The calls of this process, and the way to tell their upstreams. */
export interface CancellingHere extends Reaching {
  readonly holds: HeldCalls
  readonly open: OpenExchanges<McpCall>
}

/**
 * A cancellation may reach another proxy of the fleet than the call that it names. The signal tells all of them; only
 * who knows the installation's key can make one, and only in the session of the call is it good.
 */
export class RemoteCancellations {
  readonly #ids: BoundIds
  readonly #signals: Signals

  constructor(ids: BoundIds, signals: Signals) {
    this.#ids = ids
    this.#signals = signals
  }

  /** Tells the other proxies that the client cancels this request. */
  cancel(call: McpCall, requestId: JsonValue): void {
    if (call.session === null || !isRequestId(requestId)) return
    const text = Buffer.from(idText(requestId)).toString('base64url')
    if (text.length <= LONGEST_ID) this.#signals.send(`${SUBJECT}.${this.#ids.bind('cancelled', call, text)}`)
  }

  /** Ends the calls of this process that others tell of. Returns how to stop. */
  listen(parts: CancellingHere): () => void {
    const { unsubscribe } = this.#signals.subscribe(`${SUBJECT}.>`, ({ subject }) => {
      const bound = subject.slice(SUBJECT.length + 1)
      const text = bound.slice(bound.indexOf('.') + 1)
      const id = idOf(Buffer.from(text, 'base64url').toString())
      const named = (call: Action) =>
        call.id === id && call.session !== null && this.#ids.open('cancelled', call, bound) === text
      parts.holds.cancelWhere(named)
      for (const { call, upstreamId } of parts.open.where(named)) {
        const params = { requestId: upstreamId }
        const text = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params })
        void sendOwn(parts, call, 'notifications/cancelled', text, new UnheardReceiver())
      }
    })
    return unsubscribe
  }
}

function isRequestId(id: JsonValue): id is RequestId {
  return typeof id === 'string' || typeof id === 'number'
}
