import { type Approval, countsAs, openSelectors, type Voter } from '@sallyport/approval'
import type { BotLimits } from '@sallyport/control'
import { selectorText } from '@sallyport/policy'
import { RISKS } from '@sallyport/policy/words'

type Selector = NonNullable<BotLimits['stages']>[number]

/** What a bot would answer, and how many answers it has given in the last minute. */
export interface Attempt {
  readonly gatewayId: string
  readonly risk: NonNullable<BotLimits['risk']>
  /** Who may answer the stage that is open. */
  readonly stage: readonly Selector[]
  readonly recent: number
  /** What its vote would count for; left out where it does not vote, or would not count. */
  readonly as?: Selector
}

/** Answering an approval as it is now, after so many answers in the last minute. */
export function attemptOf(approval: Approval, recent: number, voter?: Voter): Attempt {
  const { gateway, risk } = approval
  const attempt = { gatewayId: gateway.id, risk, stage: openSelectors(approval), recent }
  const counted = voter === undefined ? undefined : countsAs(approval, voter)
  return counted !== undefined && 'as' in counted ? { ...attempt, as: counted.as } : attempt
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
  const { as } = attempt
  if (stages !== null && as !== undefined && !stages.some((one) => isSame(one, as)))
    return `it may not answer for ${selectorText(as)}`
  if (perMinute !== null && attempt.recent >= perMinute)
    return `it has given the ${perMinute} answers that it may give in a minute`
  return undefined
}

/** Whether a bot may ever vote in a stage of a call, whatever else it has answered. */
export function mayVoteIn(
  { gateways, risk, stages }: BotLimits,
  call: Pick<Attempt, 'gatewayId' | 'risk'>,
  of: readonly Selector[],
): boolean {
  if (gateways !== null && !gateways.includes(call.gatewayId)) return false
  if (risk !== null && RISKS.indexOf(call.risk) > RISKS.indexOf(risk)) return false
  return stages === null || stages.some((one) => of.some((other) => isSame(one, other)))
}

/** A person is meant by their id: another of the name is somebody else. */
function isSame(one: Selector, other: Selector): boolean {
  if (one.kind !== other.kind) return false
  return one.kind === 'person' ? one.id !== null && one.id === other.id : one.name === other.name
}
