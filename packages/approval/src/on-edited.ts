import type { EventOf } from '@sallyport/events'
import { type Approval, digestOf } from './approval.ts'
import type { Rejection } from './rejection.ts'
import { alreadyOver, edited, type Step } from './transitions.ts'
import { mayEdit } from './who-counts.ts'

/** Each edit starts the stages anew: without a limit two people could keep a call from ever being answered. */
const MOST_EDITS = 20

/**
 * Other arguments take the place of those that were there. The votes so far were about these, so they are void, as is the
 * advice, and no grant is born of it any more. The clocks go on. Of two edits of the same arguments the second one is refused, and so is an edit after the last
 * vote.
 */
export function onEdited(approval: Approval, { data, time }: EventOf<'sallyport.approval.edited.v1'>): Step {
  const { actor, voter, reason, idempotencyKey, patch, changes, editedDigest } = data
  if (idempotencyKey !== null && approval.edit?.idempotencyKey === idempotencyKey) return { next: approval }
  if (approval.status !== 'pending') return { rejection: alreadyOver(approval) }
  if (approval.editable !== true) return refused('the arguments of this call cannot be edited')
  if (data.basedOn !== digestOf(approval)) return { rejection: edited(approval) }
  const refusal = mayEdit(approval, voter)
  if (refusal !== undefined) return { rejection: refusal }
  if (approval.edits >= MOST_EDITS) return refused(`it was edited ${MOST_EDITS} times already`)
  // A grant lets calls pass as they are sent, and not as somebody has edited one of them.
  const { argumentsText, sealedArguments, grantable: _, ...rest } = approval
  return {
    next: {
      ...rest,
      arguments: data.arguments,
      ...(data.argumentsText !== undefined && { argumentsText: data.argumentsText }),
      sealedArguments: data.sealedArguments,
      edit: { digest: editedDigest, actor, reason, idempotencyKey, patch, changes, at: time },
      edits: approval.edits + 1,
      sent: approval.sent ?? {
        arguments: approval.arguments,
        ...(argumentsText !== undefined && { argumentsText }),
        ...(sealedArguments !== undefined && { sealedArguments }),
      },
      editors: approval.editors.includes(voter.id) ? approval.editors : [...approval.editors, voter.id],
      stage: 0,
      votes: [],
      advice: [],
    },
  }
}

function refused(reason: string): { readonly rejection: Rejection } {
  return { rejection: { kind: 'conflict', reason } }
}
