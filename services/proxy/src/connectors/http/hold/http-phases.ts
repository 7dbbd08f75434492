import type { KeyObject } from 'node:crypto'
import { LimitExceeded } from '@sallyport/runtime'
import { limitDenial } from '../../../domain/verdict.ts'
import { inspectAction } from '../../../governing/inspect-action.ts'
import { BodyTooLarge } from '../../../governing/limits/errors.ts'
import { PASS_REQUEST, type RequestPhase } from '../../../governing/request-phases.ts'
import type { HttpExchange } from '../exchange/http-exchange.ts'
import { withKept } from '../message/read-request.ts'
import type { ToldApprovals } from './told-approvals.ts'

export interface HttpPhasesNeeds {
  /** The most that is kept of a body that waits for a person. */
  readonly keepBytes: number
  readonly digestKey: KeyObject
  readonly told: ToldApprovals
}

/** The phases that HTTP adds between the decision and its record. */
export function httpPhases({
  keepBytes,
  digestKey,
  told,
}: HttpPhasesNeeds): readonly RequestPhase<HttpExchange>[] {
  return [
    {
      name: 'keep body',
      async pass({ exchange, verdict }) {
        if (verdict.outcome !== 'hold') return PASS_REQUEST
        try {
          const kept = await withBodyKept(exchange, keepBytes, digestKey)
          return kept === exchange ? PASS_REQUEST : { step: 'change', to: { exchange: kept, verdict } }
        } catch (limit) {
          if (!(limit instanceof LimitExceeded)) throw limit
          return { step: 'refuse', verdict: limitDenial(limit, verdict) }
        }
      },
    },
    {
      name: 'answered before',
      async pass({ exchange, verdict }) {
        const answered = verdict.outcome === 'hold' ? await told.refusal(exchange, verdict) : undefined
        return answered === undefined ? PASS_REQUEST : { step: 'refuse', verdict: answered }
      },
    },
  ]
}

/** A request waits with its whole body, which the approval is bound to. */
async function withBodyKept(
  exchange: HttpExchange,
  keepBytes: number,
  digestKey: KeyObject,
): Promise<HttpExchange> {
  const { body } = exchange
  if (body === null || exchange.call.body.kind !== 'stream') return exchange
  const { length } = exchange.call.body
  const bytes = length !== null && length > keepBytes ? undefined : await body.keep()
  if (bytes === undefined) throw new BodyTooLarge(keepBytes)
  const call = withKept(exchange.call, bytes)
  return { ...exchange, call, evidence: inspectAction(call, digestKey) }
}
