import {
  type Actor,
  type Approval,
  argumentsDigest,
  callDigest,
  describeStatus,
  digestOf,
  mayEdit,
  type Voter,
} from '@sallyport/approval'
import type { ControlState } from '@sallyport/control'
import { changedParts, redact, redactWhole } from '@sallyport/inspection'
import { type ExactJson, type PatchOperation, sortedText } from '@sallyport/jsonrpc'
import { type ArgumentSeal, LONGEST_SEALED } from '@sallyport/rpc'
import { newId } from '@sallyport/runtime'
import type { ApprovalsFold } from '../approvals-fold.ts'
import { candidatesOf } from '../candidates.ts'
import { unanswerable } from '../domain/unanswerable.ts'
import {
  ApprovalClosed,
  ApprovalEdited,
  ApprovalNotEditable,
  ApprovalNotFound,
  ApprovalsTooHeavy,
  EditInvalid,
  EditUnanswerable,
  rejectionError,
} from '../errors.ts'
import { type EditIntent, editIntent, refOf } from '../intents.ts'
import type { HeldDocument, ShownCalls } from '../shown-calls.ts'
import { editedArguments } from './edited-arguments.ts'
import { inputSchemaOf, schemaObjection } from './input-schema.ts'
import { redactedPatch } from './redacted-patch.ts'

export interface EditRequest {
  readonly approvalId: string
  readonly operations: readonly PatchOperation[]
  readonly actor: Actor
  readonly voter: Voter
  readonly reason: string | null
  /** What was on the screen; where it is left out, what is there now. */
  readonly digest?: string
  /** Says that it is edited although nobody would be left to approve it. */
  readonly confirmed: boolean
  readonly idempotencyKey: string | null
}

export interface EditNeeds {
  readonly fold: ApprovalsFold
  readonly shown: ShownCalls
  readonly control: Pick<ControlState, 'catalogs' | 'tokens' | 'persons' | 'bots'>
  /** What the whole arguments are sealed with, and the key of their digests; nothing can be edited without. */
  readonly keys: { readonly seal: ArgumentSeal; readonly digest: Uint8Array } | undefined
  /** The most that the sealed arguments of a gateway's open approvals may take. */
  readonly mostSealedUnits: number
}

/**
 * Puts other arguments in the place of those of a held call. Resolves with the approval once the edit was folded: its votes
 * are void, and its stages begin anew. Rejects with what is said of `EditInvalid`, `EditUnanswerable`, `ApprovalEdited`,
 * `ApprovalNotEditable` and of a vote.
 */
export async function editApproval(needs: EditNeeds, request: EditRequest, at: Date): Promise<Approval> {
  const { fold } = needs
  const [approval] = await fold.findFresh([request.approvalId])
  if (!approval) throw new ApprovalNotFound()
  const { edit } = approval
  if (edit !== null && request.idempotencyKey !== null && edit.idempotencyKey === request.idempotencyKey)
    return approval
  const intent = await intentOf(needs, approval, request)
  const outcome = await fold.submit(editIntent(refOf(approval), intent, at))
  const now = fold.find(request.approvalId)
  if (!outcome.accepted) throw rejectionError(outcome, now)
  return now ?? approval
}

async function intentOf(needs: EditNeeds, approval: Approval, request: EditRequest): Promise<EditIntent> {
  const { actor, voter, reason, operations, confirmed } = request
  const basedOn = request.digest ?? digestOf(approval)
  checkEditable(approval, voter, basedOn)
  const now = await needs.shown.documentOf(approval)
  const sent = await needs.shown.sentDocumentOf(approval)
  if (now === undefined || sent === undefined || needs.keys === undefined)
    throw new ApprovalNotEditable('the whole arguments are not at hand')
  const edited = editedArguments(now.arguments, operations, redactWhole(now.arguments).parts)
  const objection = schemaObjection(inputSchemaOf(approval, needs.control.catalogs), plain(edited))
  if (objection !== undefined) throw new EditInvalid(`the tool does not take it: ${objection}`)
  const editedDigest = digestWith(needs.keys.digest, approval, edited, now)
  if (editedDigest === digestOf(approval)) throw new EditInvalid('it changes nothing')
  if (!confirmed) checkAnswerable(approval, voter, needs.control)
  const sealedArguments = await needs.keys.seal.seal(
    JSON.stringify({ ...now, arguments: edited }),
    editedDigest,
  )
  checkRoom(needs, approval, sealedArguments)
  const { value, exact } = redact(edited)
  return {
    actor,
    voter,
    basedOn,
    editedDigest,
    patch: redactedPatch(operations),
    changes: changesBetween(sent.arguments, edited),
    arguments: value,
    ...(exact && { argumentsText: JSON.stringify(value) }),
    sealedArguments,
    reason,
    // An edit always has a key: a log that takes one append twice must not make its author the loser against himself.
    idempotencyKey: request.idempotencyKey ?? newId(),
  }
}

function checkEditable(approval: Approval, voter: Voter, basedOn: string): void {
  if (approval.status !== 'pending') throw new ApprovalClosed(describeStatus(approval))
  if (approval.editable !== true)
    throw new ApprovalNotEditable('only those of a tool call without further parameters can')
  if (basedOn !== digestOf(approval)) throw new ApprovalEdited('the call is another one now')
  const refusal = mayEdit(approval, voter)
  if (refusal !== undefined) throw rejectionError(refusal)
}

function digestWith(
  key: Uint8Array,
  { binding }: Approval,
  edited: ExactJson,
  { bound }: Pick<HeldDocument, 'bound'>,
): string {
  const argsDigest = argumentsDigest(key, sortedText(JSON.stringify(edited)), bound ?? null)
  return callDigest({ ...binding, argsDigest })
}

/** Said before it is recorded: with the edit the votes are void, and the editor has none. */
function checkAnswerable(approval: Approval, voter: Voter, control: EditNeeds['control']): void {
  const editors = [...approval.editors, voter.id]
  const why = unanswerable({ ...approval, editors, stage: 0, votes: [] }, candidatesOf(control))
  if (why !== undefined) throw new EditUnanswerable(why)
}

function checkRoom({ fold, mostSealedUnits }: EditNeeds, { binding }: Approval, sealed: string): void {
  if (sealed.length > LONGEST_SEALED) throw new EditInvalid('the arguments are too long to be shown')
  if (fold.sealedUnits(binding.gatewayId) + sealed.length > mostSealedUnits) throw new ApprovalsTooHeavy()
}

/** A schema speaks of numbers and not of how they are written. */
function plain(value: ExactJson): unknown {
  return JSON.parse(JSON.stringify(value))
}

const MOST_CHANGES = 100
const LONGEST_PLACE = 1024
const LONGEST_TEXT = 1000

function changesBetween(before: ExactJson, after: ExactJson): EditIntent['changes'] {
  const changes = changedParts(redactWhole(before ?? {}).parts, redactWhole(after).parts)
  return changes.slice(0, MOST_CHANGES).map(({ place, from, to }) => ({
    place: cut(place, LONGEST_PLACE),
    from: from === null ? null : cut(from, LONGEST_TEXT),
    to: to === null ? null : cut(to, LONGEST_TEXT),
  }))
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`
}
