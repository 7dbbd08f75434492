import { type Static, Type } from 'typebox'
import type { ApprovalsFold } from '../approvals-fold.ts'

const MINUTE_MS = 60_000
/** Where each age begins. */
const AGES_MS = [0, 1, 5, 15, 60].map((minutes) => minutes * MINUTE_MS)
const MOST_GATEWAYS = 100

export const ApprovalCounts = Type.Object(
  {
    pending: Type.Integer(),
    approved: Type.Integer({ description: 'and not used yet' }),
    byAge: Type.Array(
      Type.Object({
        fromMs: Type.Integer({ description: 'since they were asked for' }),
        toMs: Type.Union([Type.Integer(), Type.Null()]),
        count: Type.Integer(),
      }),
      { description: 'of those that are pending' },
    ),
    gateways: Type.Array(Type.Object({ name: Type.String(), pending: Type.Integer() }), {
      description: 'the most first, at most 100',
    }),
  },
  { title: 'ApprovalCounts' },
)

export function countsOf(counts: ApprovalsFold['counts'], now: Date): Static<typeof ApprovalCounts> {
  const byAge = counts.countByAge(now, AGES_MS)
  return {
    pending: counts.count('pending'),
    approved: counts.count('approved'),
    byAge: AGES_MS.map((fromMs, nth) => ({ fromMs, toMs: AGES_MS[nth + 1] ?? null, count: byAge[nth] ?? 0 })),
    gateways: [...counts.pendingByGateway(MOST_GATEWAYS)],
  }
}
