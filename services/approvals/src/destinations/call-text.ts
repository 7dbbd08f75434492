import { type Approval, describeStatus, digestOf } from '@sallyport/approval'
import { selectorText } from '@sallyport/policy'
import { recordedArguments } from '../shown-calls.ts'

/** A character that hides or reorders what stands around it is shown by its number. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu

/** Text of an agent or a server as one visible line, cut to so many UTF-16 units. */
export function inert(text: string, longest: number): string {
  const shown = visible(text)
  return shown.length <= longest ? shown : `${shown.slice(0, longest - 1).toWellFormed()}…`
}

/**
 * The arguments as the record has them, with the `_meta`, as both may run: secrets masked, long ones cut, numbers as they
 * came. `whole` says whether all of that stands in so many UTF-16 units; only then may it be approved where it stands.
 */
export function callText(
  approval: Approval,
  longest: number,
): { readonly text: string; readonly whole: boolean } {
  const { arguments: given, _meta: meta } = recordedArguments(approval)
  const shown = meta === undefined || meta === null ? given : { arguments: given, _meta: meta }
  const text = visible(JSON.stringify(shown, null, 2) ?? 'null', '\n')
  if (text.length <= longest) return { text, whole: true }
  const cut = `${text.slice(0, longest).toWellFormed()}\n… cut: it is answered where all of it is shown`
  return { text: cut, whole: false }
}

/** Risk and rule, whose votes it needs until when, and its id: a line each, not yet inert. */
export function factsOf(approval: Approval): string[] {
  const { risk, rule, reasons, votes, expiresAt, approvalId, edit } = approval
  const voted =
    votes.length === 0 ? '' : `, approved so far by ${votes.map(({ actor }) => actor.name).join(', ')}`
  return [
    ...(edit === null ? [] : [`edited by ${edit.actor.name} at ${edit.at}: ${changedPlaces(edit)}`]),
    `risk ${risk}; ${rule}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`,
    `needs ${openStage(approval)}${voted}; until ${expiresAt}`,
    `approval ${approvalId}`,
  ]
}

const MOST_CHANGES = 10

function changedPlaces({ changes }: NonNullable<Approval['edit']>): string {
  const places = changes.slice(0, MOST_CHANGES).map(({ place }) => place)
  return `${places.join(', ')}${changes.length > MOST_CHANGES ? ' and more' : ''}`
}

/** What a button is about: this approval, with the arguments that stand beside the button. */
export function shownRef(approval: Approval): string {
  return `${approval.approvalId} ${digestOf(approval)}`
}

/** Reads what a button was about. */
export function readShownRef(text: string): { readonly approvalId: string; readonly digest: string } {
  const [approvalId = '', digest = ''] = text.split(' ')
  return { approvalId, digest }
}

/** Whose votes the stage takes that is open, or was the last. */
export function openStage({ stages, stage }: Approval): string {
  const open = stages[stage] ?? stages.at(-1)
  return open ? `${open.need} of ${open.of.map(selectorText).join(' or ')}` : 'nobody'
}

/** What became of it, with who and when, and the reason of an answer; not yet inert. */
export function endingOf(approval: Approval): string {
  const reason = approval.answer?.reason
  return `${describeStatus(approval)}${reason ? `: ${reason}` : ''}`
}

function visible(text: string, but = ''): string {
  return text.replace(UNSEEN, (one) =>
    one === but ? one : `<U+${one.codePointAt(0)?.toString(16).toUpperCase()}>`,
  )
}
