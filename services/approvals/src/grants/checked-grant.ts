import type { Approval } from '@sallyport/approval'
import { redactWhole } from '@sallyport/inspection'
import {
  GrantInvalid,
  GrantNotPossible,
  type GrantTerms,
  type GrantText,
  judgedPlaces,
  misfit,
  parseWhere,
  readGrant,
} from '@sallyport/policy'
import type { ShownCalls } from '../shown-calls.ts'

export interface GrantNeeds {
  readonly shown: Pick<ShownCalls, 'documentOf'>
  /** What a grant lasts where its approver says nothing, in milliseconds. */
  readonly usualMs: number
  readonly byBot: boolean
}

/**
 * The grant that somebody asks for with their vote. Rejects with GrantNotPossible, GrantTooLong or GrantInvalid: also where
 * the call that they approve is not one of those that it would let pass, as then it says something else than they mean.
 */
export async function checkedGrant(
  approval: Approval,
  text: GrantText,
  needs: GrantNeeds,
): Promise<GrantTerms> {
  const { grantable, edit } = approval
  if (grantable === undefined) throw new GrantNotPossible()
  if (needs.byBot) throw new GrantInvalid('a bot approves one call at a time')
  if (edit !== null) throw new GrantInvalid('the call was edited, and its agent would send others unedited')
  const { withinMs, caller } = grantable
  const terms = readGrant(text, { usualMs: needs.usualMs, withinMs, hasSession: caller.session !== null })
  if (terms.arguments !== null) await checkArguments(approval, terms.arguments, needs.shown)
  return terms
}

async function checkArguments(
  approval: Approval,
  { where, others }: NonNullable<GrantTerms['arguments']>,
  shown: GrantNeeds['shown'],
): Promise<void> {
  if (hasSecret(where)) throw new GrantInvalid('where has what looks like a secret: name the argument alone')
  const document = await shown.documentOf(approval)
  if (document === undefined) throw new GrantInvalid('the whole arguments are not at hand')
  const pattern = parseWhere(where, others)
  // Before it is compared: whether a guess fits would tell of the secret, and no record would have it.
  const secret = maskedPlaces(document.arguments).find((place) => judgedPlaces(pattern).some(covers(place)))
  if (secret !== undefined)
    throw new GrantInvalid(`${secret} is masked: name it alone, where it may be anything`)
  const why = misfit(pattern, document.arguments)
  if (why !== undefined) throw new GrantInvalid(`the call that is approved is not one of those: ${why}`)
}

function hasSecret(where: readonly string[]): boolean {
  return redactWhole([...where]).parts.some(({ masks }) => masks.length > 0)
}

function maskedPlaces(given: unknown): readonly string[] {
  return redactWhole(given).parts.flatMap(({ place, masks }) => (masks.length > 0 ? [place] : []))
}

const covers = (place: string) => (judged: string) => place === judged || place.startsWith(`${judged}/`)
