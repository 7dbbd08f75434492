import type { SallyportEvent } from '@sallyport/events'
import type { SoFar } from '@sallyport/rpc'
import { BoundedMap } from '@sallyport/runtime'

/** Of so many approvals it is kept, the newest; a hundred thousand that wait must not cost a hundred thousand times ten. */
const MOST = 10_000

/** What agents did in their sessions before the calls that wait, as their proxies told it with the question. */
export class SessionsSoFar {
  /** As JSON text, which is a tenth of what the values take. */
  readonly #texts = new BoundedMap<string, string>(MOST)

  /** Each event, in order, once it is folded. `isKnown`: a repeated call has made no approval of its own. */
  note(event: SallyportEvent, isKnown: (approvalId: string) => boolean): void {
    if (event.type !== 'sallyport.approval.requested.v2') return
    const { approvalId, soFar } = event.data
    if (soFar !== undefined && isKnown(approvalId)) this.#texts.set(approvalId, JSON.stringify(soFar))
  }

  /** Undefined where the proxy told nothing, or so many have been asked for since. */
  of(approvalId: string): SoFar | undefined {
    const text = this.#texts.get(approvalId)
    return text === undefined ? undefined : (JSON.parse(text) as SoFar)
  }
}
