import type { Approval, ToldMessage } from '@sallyport/approval'
import type { ApprovalsFold } from '../approvals-fold.ts'
import { refOf, toldIntent } from '../intents.ts'

export type Told = Pick<ToldMessage, 'place' | 'id'>

/** Notes in the log which messages there are, so that whichever process goes on knows them. */
export type NoteTold = (approval: Approval, messages: readonly Told[]) => Promise<void>

export function noteTold(
  destination: string,
  ready: () => Promise<ApprovalsFold>,
  clock: () => Date,
): NoteTold {
  return async (approval, messages) => {
    const fold = await ready()
    await fold.submit(toldIntent(refOf(approval), destination, messages, clock()))
  }
}

/** The messages of a destination about an approval. */
export function toldBy(destination: string, { told = [] }: Approval): readonly ToldMessage[] {
  return told.filter((message) => message.destination === destination)
}
