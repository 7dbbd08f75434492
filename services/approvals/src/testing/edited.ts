import { callDigest } from '@sallyport/approval'
import { createPublisher, type EventLog } from '@sallyport/event-log'
import { newEvent } from '@sallyport/events'
import { ballotOf } from '../destinations/linked-people.ts'
import { request } from './instance.ts'

type Editor = Parameters<typeof ballotOf>[0]

/** Somebody edits the call that `request(args)` asked for, so that its title is another one. */
export async function editTitle(
  log: EventLog,
  approvalId: string,
  args: string,
  editor: Editor,
  at: Date,
): Promise<void> {
  const { binding } = request(args)
  const digest = callDigest(binding)
  const { actor, voter } = ballotOf(editor)
  const data = {
    approvalId,
    callDigest: digest,
    actor,
    voter: { ...voter, roles: [...voter.roles], groups: [...voter.groups] },
    basedOn: digest,
    editedDigest: 'e'.repeat(64),
    patch: '[{"op":"replace","path":"/title","value":"clearer"}]',
    changes: [{ place: '/arguments/title', from: '"issue a"', to: '"clearer"' }],
    arguments: { title: 'clearer' },
    sealedArguments: 'sealed',
    reason: null,
    idempotencyKey: null,
  }
  const draft = { source: '/approvals', subject: approvalId, tenant: binding.tenant, key: digest, data }
  await createPublisher({ log, producer: `editor/${Math.random()}` }).publish(
    newEvent({ type: 'sallyport.approval.edited.v1', ...draft }, at),
  )
}
