import {
  type Approver,
  type DecisionInput,
  type Role,
  selectorText,
  selects,
  type Verdict,
} from '@sallyport/policy'
import type { ControlState } from '../state.ts'

/**
 * An approval is not used once somebody whose vote counted for it may not approve it any more: whoever had a token that
 * was revoked may not have been who they seemed. The action stays held, and it is asked about anew. Another token that
 * got the name later stands for nobody's earlier vote.
 */
export function judgeApprovers(state: ControlState, input: DecisionInput, verdict: Verdict): Verdict {
  if (verdict.outcome !== 'hold') return verdict
  for (const approver of input.approvers) {
    const ended = endedApprover(state, approver)
    if (ended !== undefined) return { ...verdict, by: 'approver', reasons: [ended, ...verdict.reasons] }
  }
  return verdict
}

/** Why a vote counts no more; undefined while it does. */
export function endedApprover(
  { tokens, persons, bots }: Pick<ControlState, 'tokens' | 'persons' | 'bots'>,
  { tokenId, personId, botId, as }: Approver,
): string | undefined {
  const person = personId === null ? null : persons.get(personId)
  if (person === undefined) return 'a person who approved it was removed'
  if (botId !== null && !bots.has(botId)) return 'a bot that approved it was removed'
  // A session is over before long, by itself or by a sign-out, and takes no vote back: that hangs on the person.
  const token = [...tokens.values()].find(({ id }) => id === tokenId)
  const isSession = tokenId === null && person !== null
  if (!isSession && token?.revokedAt !== null) return 'the token that approved it was revoked'
  if (person === null) return undefined
  const { id, name, roles, groups } = person
  if (!selects(as, { personId: id, roles, groups }))
    return `${name} approved it and is not in ${selectorText(as)} any more`
  const mayAnswer = botId !== null || roles.some((role) => ANSWERING.has(role))
  return mayAnswer ? undefined : `${name} approved it and has no role any more that answers approvals`
}

/** The roles of people that answer approvals; docs/reference/roles.md has all of it. */
const ANSWERING: ReadonlySet<Role> = new Set(['owner', 'admin', 'approver'])
