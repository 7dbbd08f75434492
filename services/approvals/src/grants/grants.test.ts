import { memoryEventLog } from '@sallyport/event-log'
import type { GrantText } from '@sallyport/policy'
import type { RequestApproval, UseGrant } from '@sallyport/rpc'
import { describe, expect, test } from 'vitest'
import { type Instance, MINUTE, request, startInstance, tokenVoter } from '../testing/instance.ts'
import { manualTime } from '../testing/manual-time.ts'

const CALLER = { credential: '0123456789abcdef', session: 's-1', principal: null }

function call(args: string, changes: Partial<RequestApproval> = {}): RequestApproval {
  return { ...request(args), caller: CALLER, ...changes }
}

async function world(instances = 1) {
  const time = manualTime()
  const log = memoryEventLog(() => time.clock().getTime())
  const all: Instance[] = []
  for (let at = 0; at < instances; at += 1) all.push(await startInstance(log, time))
  return { time, log, all, instance: all[0] as Instance }
}

async function approve({ service }: Instance, approvalId: string, grant?: GrantText, name = 'dana') {
  const actor = { type: 'person', name } as const
  const vote = { approvalId, vote: 'approve', actor, voter: tokenVoter(name) } as const
  return service.answer({ ...vote, reason: null, idempotencyKey: null, ...(grant && { grant }) })
}

const useOf = (
  { binding, rule, reasons, caller = CALLER }: RequestApproval,
  grantId: string,
  actionId: string,
) => ({ grantId, actionId, claimant: 'proxy/1', binding, caller, rule, reasons }) satisfies UseGrant

/** Asks for one call and has it approved with a grant. */
async function granted(instance: Instance, grant: GrantText, asked = call('a')) {
  const { approvalId } = await instance.service.point.requestApproval(asked)
  const approval = await approve(instance, approvalId, grant)
  return { approvalId, approval, grantId: approval.grantId ?? '' }
}

describe('a grant', () => {
  test('covers other calls of the same tool, and names the approval that it was born of', async () => {
    const { instance } = await world()
    const { approvalId, grantId } = await granted(instance, { for: '1h' })
    const { point } = instance.service
    const told = await point.requestApproval(call('b', { actionId: 'act-2' }))
    expect(told).toMatchObject({
      status: 'approved',
      approvalId,
      approverNames: ['dana'],
      grant: { grantId },
    })
    expect(await point.useGrant(useOf(call('b'), grantId, 'act-2'))).toEqual({ used: true })
  })

  test('is over once its time is', async () => {
    const { instance, time } = await world()
    const { grantId } = await granted(instance, { for: '1h' })
    time.advance(60 * MINUTE)
    const { point } = instance.service
    expect(await point.requestApproval(call('b'))).toMatchObject({ status: 'pending' })
    expect(await point.useGrant(useOf(call('b'), grantId, 'act-2'))).toMatchObject({ used: false })
  })
})
