import { callDigest } from '@sallyport/approval'
import { changedParts, redactWhole } from '@sallyport/inspection'
import { type ExactJson, exactValue } from '@sallyport/jsonrpc'
import type { ApprovalState, ArgumentSeal, Binding, HeldEdit } from '@sallyport/rpc'
import { type Edited, editedBy } from '../../domain/edited.ts'
import { EditUnusable } from '../../domain/faults.ts'
import type { Connector } from '../connector.ts'
import type { Exchange } from '../exchange.ts'

/** What becomes of an exchange whose arguments a person has edited. */
export type EditedParts<E extends Exchange> = Pick<E, 'call' | 'evidence'> & { readonly edited: Edited }

/** The parts that reading an edit needs. */
interface EditParts<E extends Exchange> {
  readonly seal: ArgumentSeal
  readonly connector: Pick<Connector<E>, 'editing'>
  readonly exchange: E
  /** What the approval is bound to, of the call as it was asked for. */
  readonly binding: Binding
}

/**
 * The action as a person has edited it: what they voted on, and nothing else. Undefined where nobody has. Throws
 * EditUnusable where the new arguments cannot be had, or are not those that were approved: the action as it was asked for
 * is not carried out in their place.
 */
export async function editedAction<E extends Exchange>(
  parts: EditParts<E>,
  { edit }: Pick<ApprovalState, 'edit'>,
): Promise<EditedParts<E> | undefined> {
  if (edit === null) return undefined
  try {
    return await read(parts, edit)
  } catch (cause) {
    throw cause instanceof EditUnusable ? cause : new EditUnusable({ cause })
  }
}

async function read<E extends Exchange>(
  { seal, connector: { editing }, exchange, binding }: EditParts<E>,
  edit: HeldEdit,
): Promise<EditedParts<E>> {
  const text = edit.sealedArguments === null ? undefined : await seal.open(edit.sealedArguments, edit.digest)
  if (text === undefined || editing === undefined) throw new EditUnusable()
  const { arguments: given } = exactValue(text) as { readonly arguments: ExactJson }
  const edited = editing.edited(exchange, JSON.stringify(given))
  const { argsDigest } = edited.evidence
  if (callDigest({ ...binding, argsDigest }) !== edit.digest) throw new EditUnusable()
  const changes = changedParts(redactWhole(exchange.call.params ?? {}).parts, redactWhole(given).parts)
  return { ...edited, edited: editedBy(edit, changes) }
}
