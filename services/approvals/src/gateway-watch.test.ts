import { startControlView, submitControl } from '@sallyport/control'
import { createPublisher, memoryEventLog } from '@sallyport/event-log'
import { tokenHash } from '@sallyport/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { type Instance, request, startInstance, vote } from './testing/instance.ts'
import { manualTime } from './testing/manual-time.ts'

const BY = { actor: { type: 'person', name: 'root' }, idempotencyKey: null } as const

async function startWorld() {
  const time = manualTime()
  const log = memoryEventLog(() => time.clock().getTime())
  const control = startControlView({ log })
  await control.caughtUp
  onTestFinished(() => control.stop())
  const submit = submitControl({
    publisher: createPublisher({ log, producer: 'decision/1' }),
    view: control,
    clock: time.clock,
    tenant: 'default',
    source: '/decision',
  })
  const add = (name: string, id: string) =>
    submit('sallyport.gateway.added.v1', name, { ...BY, id, name, tokenHash: tokenHash(id) })
  const revoke = (name: string) => submit('sallyport.gateway.revoked.v1', name, { ...BY, name })
  const start = async () => {
    const instance = await startInstance(log, time, undefined, control)
    onTestFinished(() => instance.service.stop())
    return instance
  }
  await add('code-agent', 'gw-1')
  await add('other', 'gw-2')
  return { time, add, revoke, start }
}

const ofOther = () => {
  const { binding, ...rest } = request()
  return { ...rest, gateway: 'other', binding: { ...binding, gatewayId: 'gw-2' } }
}
const ask = async ({ service }: Instance, what = request()) =>
  (await service.point.requestApproval(what)).approvalId
const statusesOf = async ({ service }: Instance, ids: readonly string[]) =>
  (await service.point.getApprovals(ids)).map(({ status }) => status)
const open = async ({ service }: Instance) => (await service.health['approvals']?.())?.facts?.['open']

test('the open approvals of a gateway that is revoked end with it, and with no other', async () => {
  const { start, revoke } = await startWorld()
  const instance = await start()
  const ids = [
    await ask(instance, request('a')),
    await ask(instance, request('b')),
    await ask(instance, ofOther()),
  ]
  await vote(instance, ids[1] ?? '', 'approve')
  expect(await open(instance)).toBe(3)

  await revoke('code-agent')

  await expect.poll(() => statusesOf(instance, ids)).toEqual(['cancelled', 'revoked', 'pending'])
  expect(await open(instance)).toBe(1)
  const late = vote(instance, ids[0] ?? '', 'approve')
  await expect(late).rejects.toThrow(
    'cancelled by approvals at 2026-11-21T09:00:00.000Z: gateway code-agent was revoked',
  )
})

test('one that was asked for by a gateway that is revoked already ends at once', async () => {
  const { start, revoke } = await startWorld()
  const instance = await start()
  await revoke('code-agent')
  const id = await ask(instance)
  await expect.poll(() => statusesOf(instance, [id])).toEqual(['cancelled'])
})

test('another gateway that gets the name keeps its own', async () => {
  const { start, revoke, add, time } = await startWorld()
  const instance = await start()
  await revoke('code-agent')
  time.advance(1000)
  await add('code-agent', 'gw-3')
  const { binding, ...rest } = request()
  const id = await ask(instance, { ...rest, binding: { ...binding, gatewayId: 'gw-3' } })
  await revoke('other')
  expect(await statusesOf(instance, [id])).toEqual(['pending'])
})

test('what was revoked while nobody looked ends at the start', async () => {
  const { start, revoke } = await startWorld()
  const first = await start()
  const id = await ask(first)
  await vote(first, id, 'approve')
  await first.service.stop()
  await revoke('code-agent')

  const second = await start()

  await expect.poll(() => statusesOf(second, [id])).toEqual(['revoked'])
})

test('two instances that see the same end it once', async () => {
  const { start, revoke } = await startWorld()
  const [first, second] = [await start(), await start()]
  const id = await ask(first)
  await revoke('code-agent')
  await expect.poll(() => statusesOf(first, [id])).toEqual(['cancelled'])
  await expect.poll(() => statusesOf(second, [id])).toEqual(['cancelled'])
})
