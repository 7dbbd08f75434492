import { type Approval, openSelectors } from '@sallyport/approval'
import type { BotLimits } from '@sallyport/control'
import { RISKS } from '@sallyport/policy/words'

type Selector = NonNullable<BotLimits['stages']>[number]

/** What a bot would answer, and how many answers it has given in the last minute. */
export interface Attempt {
  readonly gatewayId: string
  readonly risk: NonNullable<BotLimits['risk']>
  /** Who may answer the stage that is open. */
  readonly stage: readonly Selector[]
  readonly recent: number
}

/** Answering an approval as it is now, after so many answers in the last minute. */
export function attemptOf(approval: Approval, recent: number): Attempt {
  const { gateway, risk } = approval
  return { gatewayId: gateway.id, risk, stage: openSelectors(approval), recent }
}

/** Why a bot may not answer, or undefined where it may. */
export function botObjection(limits: BotLimits, attempt: Attempt): string | undefined {
  const { gateways, risk, perMinute, stages } = limits
  if (gateways !== null && !gateways.includes(attempt.gatewayId))
    return 'it may not answer calls of this gateway'
  if (risk !== null && RISKS.indexOf(attempt.risk) > RISKS.indexOf(risk))
    return `it may not answer calls of ${attempt.risk} risk`
  if (stages !== null && !stages.some((one) => attempt.stage.some((other) => isSame(one, other))))
    return 'it may not answer this stage'
  if (perMinute !== null && attempt.recent >= perMinute)
    return `it has given the ${perMinute} answers that it may give in a minute`
  return undefined
}

/** A person is meant by their id: another of the name is somebody else. */
function isSame(one: Selector, other: Selector): boolean {
  if (one.kind !== other.kind) return false
  return one.kind === 'person' ? one.id !== null && one.id === other.id : one.name === other.name
}
