import { createPublisher, type EventLog, memoryEventLog } from '@sallyport/event-log'
import { newEvent, TOPICS } from '@sallyport/events'
import { tokenHash } from '@sallyport/runtime'
import { afterEach, describe, expect, test } from 'vitest'
import { controlHealth } from './control-health.ts'
import { type ControlViewOptions, type RunningControlView, startControlView } from './control-view.ts'
import { type SubmitControl, submitControl } from './submit-control.ts'

const stopping: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stopping.splice(0).reverse()) await stop()
})

const by = { actor: { type: 'person', name: 'dana' }, idempotencyKey: null } as const
const clock = () => new Date('2026-11-21T12:00:00.000Z')

interface Instance {
  readonly view: RunningControlView
  readonly submit: SubmitControl
}

async function startInstance(
  log: EventLog,
  options: Partial<ControlViewOptions> = {},
  deadlineMs = 60_000,
): Promise<Instance> {
  const view = startControlView({ log, ...options })
  const publisher = createPublisher({ log, producer: `decision/${stopping.length}` })
  stopping.push(() => view.stop())
  await view.caughtUp
  const submit = submitControl({
    publisher,
    view,
    clock,
    tenant: 'default',
    source: '/decision',
    deadlineMs,
  })
  return { view, submit }
}

const gateway = (name: string, token: string) => ({
  ...by,
  id: `id-${name}`,
  name,
  tokenHash: tokenHash(token),
})
const add = (submit: SubmitControl, name: string, token: string) =>
  submit('sallyport.gateway.added.v1', `id-${name}`, gateway(name, token))

describe('a submitted command', () => {
  test('is in force when its outcome is known', async () => {
    const { view, submit } = await startInstance(memoryEventLog())
    expect(await add(submit, 'a', 'token-1')).toEqual({ accepted: true, subject: 'id-a', repeated: false })
    expect(view.authenticateGateway('token-1')).toMatchObject({ name: 'a' })
  })

  test('that collides with one on another instance loses to it on both', async () => {
    const log = memoryEventLog()
    const [one, two] = await Promise.all([startInstance(log), startInstance(log)])
    const outcomes = await Promise.all([add(one.submit, 'a', 'token-1'), add(two.submit, 'a', 'token-2')])
    expect(outcomes.map(({ accepted }) => accepted).sort()).toEqual([false, true])
    await Promise.all([add(one.submit, 'last', 'x'), add(two.submit, 'last', 'y')])
    expect(one.view.state()).toEqual(two.view.state())
  })

  test('that the fold does not reach in time is told as unsettled', async () => {
    const log = memoryEventLog()
    const { view } = await startInstance(log)
    const publisher = createPublisher({ log, producer: 'decision/9' })
    const never = { settled: () => new Promise<never>(() => {}) }
    const submit = submitControl({
      publisher,
      view: never,
      clock,
      tenant: 'default',
      source: '/decision',
      deadlineMs: 1,
    })
    await expect(add(submit, 'a', 'token-1')).rejects.toMatchObject({ code: 'SP_CONTROL_UNSETTLED' })
    expect(view.fault()).toBeUndefined()
  })

  test('that the log does not take is rejected with the reason of the log', async () => {
    const log = memoryEventLog()
    const { submit } = await startInstance(log)
    await log.close()
    await expect(add(submit, 'a', 'token-1')).rejects.toMatchObject({ code: 'SP_EVENT_LOG_CLOSED' })
  })
})

describe('a token', () => {
  test('is known from its issue to its revocation', async () => {
    const { view, submit } = await startInstance(memoryEventLog())
    const token = {
      ...by,
      id: 't-1',
      name: 'dana',
      scope: 'bot',
      tokenHash: tokenHash('secret'),
      holder: null,
    } as const
    expect(view.authenticateApi('secret')).toBeUndefined()
    await submit('sallyport.token.issued.v2', 't-1', token)
    expect(view.authenticateApi('secret')).toMatchObject({ name: 'dana', scope: 'bot' })
    expect(view.authenticateGateway('secret')).toBeUndefined()
    await submit('sallyport.token.revoked.v1', 'dana', { ...by, name: 'dana' })
    expect(view.authenticateApi('secret')).toBeUndefined()
  })

  test('of a gateway ends at its rotation, and the name of a revoked one gets a new one', async () => {
    const { view, submit } = await startInstance(memoryEventLog())
    await add(submit, 'a', 'token-1')
    await submit('sallyport.gateway.token_rotated.v1', 'a', {
      ...by,
      name: 'a',
      tokenHash: tokenHash('token-2'),
    })
    expect(view.authenticateGateway('token-1')).toBeUndefined()
    expect(view.authenticateGateway('token-2')).toMatchObject({ name: 'a' })
    await submit('sallyport.gateway.revoked.v1', 'a', { ...by, name: 'a' })
    expect(view.authenticateGateway('token-2')).toBeUndefined()
    await add(submit, 'a', 'token-3')
    expect(view.authenticateGateway('token-3')).toMatchObject({ name: 'a' })
    expect(view.authenticateGateway('token-2')).toBeUndefined()
  })
})

describe('a view', () => {
  test('tells of accepted events only, until its listener leaves', async () => {
    const { view, submit } = await startInstance(memoryEventLog())
    const seen: number[] = []
    const leave = view.onChange((state) => seen.push(state.gateways.size))
    await add(submit, 'a', 'token-1')
    await add(submit, 'a', 'token-2')
    await add(submit, 'b', 'token-3')
    leave()
    await add(submit, 'c', 'token-4')
    expect(seen).toEqual([1, 2])
  })

  test('goes on when a listener fails', async () => {
    const { view, submit } = await startInstance(memoryEventLog())
    view.onChange(() => {
      throw new Error('a listener that fails')
    })
    await add(submit, 'a', 'token-1')
    await add(submit, 'b', 'token-2')
    expect(view.state().gateways.size).toBe(2)
    expect(view.fault()).toBeUndefined()
  })

  test('that starts again replays to the same state', async () => {
    const log = memoryEventLog()
    const first = await startInstance(log)
    await add(first.submit, 'a', 'token-1')
    await add(first.submit, 'b', 'token-2')
    const second = await startInstance(log)
    expect(second.view.state()).toEqual(first.view.state())
    expect(second.view.replayed()).toBe(2)
    expect(second.view.authenticateGateway('token-2')).toMatchObject({ name: 'b' })
  })

  test('is not usable before it has replayed', async () => {
    const view = startControlView({ log: memoryEventLog() })
    stopping.push(() => view.stop())
    expect(view.fault()).toContain('replayed')
    await view.caughtUp
    expect(view.fault()).toBeUndefined()
  })

  test('takes an append that the log took twice as one', async () => {
    const log = memoryEventLog()
    const { view } = await startInstance(log)
    const event = newEvent(
      {
        type: 'sallyport.gateway.added.v1',
        source: '/decision',
        subject: 'id-a',
        tenant: 'default',
        key: 'default',
        data: gateway('a', 'token-1'),
      },
      clock(),
    )
    const publisher = createPublisher({ log, producer: 'decision/9' })
    const [first, second] = [await publisher.publish(event), await publisher.publish(event)]
    expect(await view.settled(first)).toMatchObject({ accepted: true })
    expect(await view.settled(second)).toMatchObject({ accepted: true })
  })

  test.each([
    ['that is not readable', { 'content-type': 'application/json' }],
    ['of a type from a later version', { ce_type: 'sallyport.gateway.added.v9', ce_specversion: '1.0' }],
  ])('stops at an event %s, and says so', async (_what, headers) => {
    const log = memoryEventLog()
    const { view, submit } = await startInstance(log)
    await add(submit, 'a', 'token-1')
    await log.append(TOPICS.control, [{ key: 'default', headers, value: Buffer.from('{}') }])
    await expect.poll(() => view.fault()).toContain('sallyport.control 0/1')
    await expect(add(submit, 'b', 'token-2')).rejects.toMatchObject({ code: 'SP_CONTROL_UNSETTLED' })
    expect(view.fault()).toContain('sallyport.control 0/1')
    expect(view.state().gateways.has('b')).toBe(false)
  })

  test("passes over an event of a later version that says that it changes nobody's rights, and counts it", async () => {
    const log = memoryEventLog()
    const { view, submit } = await startInstance(log)
    const headers = { ce_type: 'sallyport.note.added.v1', ce_specversion: '1.0', ce_critical: 'false' }
    await log.append(TOPICS.control, [{ key: 'default', headers, value: Buffer.from('{}') }])
    await add(submit, 'a', 'token-1')
    expect(view.authenticateGateway('token-1')).toMatchObject({ name: 'a' })
    expect(view.passedOver()).toBe(1)
    expect(controlHealth(view)()).toMatchObject({ status: 'ok', facts: { passedOver: 1 } })
  })

  test('stops at an event of another topic', async () => {
    const log = memoryEventLog()
    const { view } = await startInstance(log)
    await log.append(TOPICS.control, await foreignRecords())
    await expect
      .poll(() => view.fault())
      .toContain('sallyport.approval.expired.v1 does not belong on the topic')
  })

  test('whose log is out of sight for too long is stale, and current again once it was compared', async () => {
    let now = 0
    let reachable = true
    const memory = memoryEventLog()
    const log: EventLog = {
      ...memory,
      ends: (topic) => (reachable ? memory.ends(topic) : Promise.reject(new Error('unreachable'))),
    }
    const { view } = await startInstance(log, {
      now: () => now,
      staleAfterMs: 10_000,
      freshnessEveryMs: 1,
    })
    reachable = false
    now = 60_000
    expect(view.fault()).toContain('60 s ago')
    reachable = true
    await expect.poll(() => view.fault()).toBeUndefined()
  })
})

async function foreignRecords() {
  const elsewhere = memoryEventLog()
  const publisher = createPublisher({ log: elsewhere, producer: 'approvals/1' })
  await publisher.publish(
    newEvent(
      {
        type: 'sallyport.approval.expired.v1',
        source: '/approvals',
        subject: 'a-1',
        tenant: 'default',
        key: 'a-1',
        data: { approvalId: 'a-1', callDigest: 'a'.repeat(64) },
      },
      clock(),
    ),
  )
  const reading = new AbortController()
  for await (const batch of elsewhere.read(TOPICS.approvals, { from: 'start', signal: reading.signal }))
    return batch
  throw new Error('the log ended')
}
