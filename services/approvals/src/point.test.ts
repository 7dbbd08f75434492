import { callDigest } from '@sallyport/approval'
import { INITIAL_STATE } from '@sallyport/control'
import { createPublisher, memoryEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { silentLogger } from '@sallyport/runtime'
import { approvalSubject } from '@sallyport/signals'
import { describe, expect, test } from 'vitest'
import { createApprovalsService } from './service.ts'
import { MINUTE, request, startInstance, startWorld, TERMS, vote } from './testing/instance.ts'
import { manualTime } from './testing/manual-time.ts'
import { recordedSignals } from './testing/recorded-signals.ts'

const claim = (approvalId: string, actionId: string, args = 'a') => ({
  approvalId,
  callDigest: callDigest(request(args).binding),
  actionId,
  claimant: 'proxy/1',
})

/** The status of one approval as the point tells it. */
const statusOf = async ({ service }: Awaited<ReturnType<typeof startInstance>>, id: string) =>
  (await service.point.getApprovals([id]))[0]?.status

describe('a held call', () => {
  test('asks for a person and is pending until its expiry', async () => {
    const { service } = await startWorld()
    expect(await service.point.requestApproval(request())).toMatchObject({
      status: 'pending',
      callDigest: callDigest(request().binding),
      answeredBy: null,
      expiresAt: '2026-11-21T09:15:00.000Z',
      usableUntil: null,
      attached: false,
    })
  })

  test('made again attaches while it is pending and after it was approved, and not after it was used', async () => {
    const world = await startWorld()
    const { point } = world.service
    const { approvalId } = await point.requestApproval(request('a', 'act-1'))
    expect(await point.requestApproval(request('a', 'act-2'))).toMatchObject({ approvalId, attached: true })

    await vote(world, approvalId, 'approve')
    expect(await point.requestApproval(request('a', 'act-3'))).toMatchObject({
      approvalId,
      attached: true,
      status: 'approved',
      answeredBy: 'dana',
      usableUntil: '2026-11-21T09:10:00.000Z',
    })

    await point.claimApproval(claim(approvalId, 'act-3'))
    const next = await point.requestApproval(request('a', 'act-4'))
    expect(next).toMatchObject({ status: 'pending', attached: false })
    expect(next.approvalId).not.toBe(approvalId)
  })

  test('with other arguments does not attach', async () => {
    const { service } = await startWorld()
    const first = await service.point.requestApproval(request('a'))
    const second = await service.point.requestApproval(request('b'))
    expect(second).toMatchObject({ attached: false })
    expect(second.approvalId).not.toBe(first.approvalId)
  })

  test('stays pending when the service restarts, and can be answered and claimed afterwards', async () => {
    const { service, log, time } = await startWorld()
    const { approvalId } = await service.point.requestApproval(request())
    await service.stop()
    await expect(service.point.getApprovals([approvalId])).rejects.toMatchObject({ kind: 'unavailable' })

    const restarted = await startInstance(log, time)
    expect(restarted.service.replayed()).toBe(1)
    expect(await statusOf(restarted, approvalId)).toBe('pending')
    await vote(restarted, approvalId, 'approve')
    expect(await restarted.service.point.claimApproval(claim(approvalId, 'act-1'))).toMatchObject({
      claimed: true,
    })
  })

  test('that is taken back can not be approved any more', async () => {
    const world = await startWorld()
    const { approvalId } = await world.service.point.requestApproval(request())
    expect(await world.service.point.cancelApproval(approvalId, 'policy changed')).toMatchObject({
      status: 'cancelled',
    })
    await expect(vote(world, approvalId, 'approve')).rejects.toThrow(/cancelled by proxy.*policy changed/)
    expect(await world.service.point.claimApproval(claim(approvalId, 'act-1'))).toMatchObject({
      claimed: false,
    })
  })

  test('taken back twice is taken back', async () => {
    const { service } = await startWorld()
    const { approvalId } = await service.point.requestApproval(request())
    await service.point.cancelApproval(approvalId, 'policy changed')
    expect(await service.point.cancelApproval(approvalId, 'policy changed')).toMatchObject({
      status: 'cancelled',
    })
  })

  test('that was used can not be taken back, and whoever tries is told', async () => {
    const world = await startWorld()
    const { approvalId } = await world.service.point.requestApproval(request())
    await vote(world, approvalId, 'approve')
    await world.service.point.claimApproval(claim(approvalId, 'act-1'))
    await expect(world.service.point.cancelApproval(approvalId, 'late')).rejects.toMatchObject({
      code: 'SP_APPROVAL_CLOSED',
    })
  })
})

test('an agent that asks for too much is refused, except what is open already, until something ends', async () => {
  const world = await startWorld()
  const { point } = world.service
  const asked = []
  for (let index = 0; index < TERMS.maxOpenPerGateway; index += 1)
    asked.push(await point.requestApproval(numbered(index)))
  await expect(point.requestApproval(numbered(99))).rejects.toMatchObject({ kind: 'exhausted' })
  expect(await point.requestApproval(numbered(0))).toMatchObject({ attached: true })
  const other = numbered(99)
  const elsewhere = { ...other, binding: { ...other.binding, gatewayId: 'gw-2' } }
  expect(await point.requestApproval(elsewhere)).toMatchObject({ status: 'pending' })

  await vote(world, asked[3]?.approvalId ?? '', 'deny')
  expect(await point.requestApproval(numbered(99))).toMatchObject({ status: 'pending', attached: false })
})

const numbered = (index: number) => {
  const { binding, ...facts } = request()
  return { ...facts, binding: { ...binding, argsDigest: String(index).padStart(64, '0') } }
}

describe('two instances on one log', () => {
  test('agree on an approval that one took, the other answered and the first resumed', async () => {
    const first = await startWorld()
    const second = await startInstance(first.log, first.time)
    const { approvalId } = await first.service.point.requestApproval(request())
    await vote(second, approvalId, 'approve')
    const claimed = await first.service.point.claimApproval(claim(approvalId, 'act-1'))
    expect(claimed).toMatchObject({ claimed: true, state: { status: 'consumed', answeredBy: 'dana' } })
    const both = [await statusOf(first, approvalId), await statusOf(second, approvalId)]
    expect(both).toEqual(['consumed', 'consumed'])
  })

  test('let exactly one of many racing claims win', async () => {
    const first = await startWorld()
    const second = await startInstance(first.log, first.time)
    const { approvalId } = await first.service.point.requestApproval(request())
    await vote(first, approvalId, 'approve')
    const racing = Array.from({ length: 20 }, (_, index) =>
      (index % 2 ? first : second).service.point.claimApproval(claim(approvalId, `act-${index}`)),
    )
    const results = await Promise.all(racing)
    expect(results.filter(({ claimed }) => claimed)).toHaveLength(1)
    expect(results.filter(({ claimed }) => !claimed)[0]).toMatchObject({
      reason: expect.stringContaining('used at'),
    })
  })

  test('let exactly one win of two people that answer at the same moment, each through another instance', async () => {
    const first = await startWorld()
    const second = await startInstance(first.log, first.time)
    const { approvalId } = await first.service.point.requestApproval(request())
    const answers = await Promise.allSettled([
      vote(first, approvalId, 'approve', 'dana'),
      vote(second, approvalId, 'deny', 'omar'),
    ])
    const rejected = answers.find((answer) => answer.status === 'rejected')
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(String(rejected?.reason)).toMatch(/approved by dana at|denied by omar at/)
    expect(await statusOf(first, approvalId)).toBe(await statusOf(second, approvalId))
  })

  test('both tell of each change, and neither tells what it only replays', async () => {
    const first = await startWorld()
    const second = await startInstance(first.log, first.time)
    const { approvalId } = await first.service.point.requestApproval(request())
    await vote(first, approvalId, 'approve')
    await Promise.all([first.signals.until(2), second.signals.until(2)])
    const told = [approvalSubject(approvalId), approvalSubject(approvalId)]
    expect(first.signals.sent).toEqual(told)
    expect(second.signals.sent).toEqual(told)

    const third = await startInstance(first.log, first.time)
    expect(third.signals.sent).toEqual([])
  })
})

describe('a claim', () => {
  test('for another exact call is refused and spends nothing', async () => {
    const world = await startWorld()
    const { approvalId } = await world.service.point.requestApproval(request())
    await vote(world, approvalId, 'approve')
    expect(await world.service.point.claimApproval(claim(approvalId, 'act-1', 'b'))).toMatchObject({
      claimed: false,
      state: { status: 'approved' },
    })
  })

  test('of what nobody asked for is refused', async () => {
    const { service } = await startWorld()
    expect(await service.point.claimApproval(claim('nothing', 'act-1'))).toEqual({
      claimed: false,
      reason: 'there is no such approval',
      state: null,
    })
  })

  test('retried by the action that won it is won', async () => {
    const world = await startWorld()
    const { approvalId } = await world.service.point.requestApproval(request())
    await vote(world, approvalId, 'approve')
    await world.service.point.claimApproval(claim(approvalId, 'act-1'))
    expect(await world.service.point.claimApproval(claim(approvalId, 'act-1'))).toMatchObject({
      claimed: true,
    })
  })
})

describe('time', () => {
  test('expires an unanswered call, tells it, and a later vote does not resume it', async () => {
    const world = await startWorld()
    const { approvalId } = await world.service.point.requestApproval(request())
    world.time.advance(15 * MINUTE)
    await world.signals.until(2)
    expect(await statusOf(world, approvalId)).toBe('expired')
    await expect(vote(world, approvalId, 'approve')).rejects.toMatchObject({ code: 'SP_APPROVAL_EXPIRED' })
    expect(await world.service.point.claimApproval(claim(approvalId, 'act-1'))).toMatchObject({
      claimed: false,
    })
  })

  test('lapses an approval that nobody used', async () => {
    const world = await startWorld()
    const { approvalId } = await world.service.point.requestApproval(request())
    world.time.advance(MINUTE)
    await vote(world, approvalId, 'approve')
    world.time.advance(10 * MINUTE)
    await world.signals.until(3)
    expect(await statusOf(world, approvalId)).toBe('lapsed')
  })

  test('that passed while nothing ran expires what is overdue right after the replay', async () => {
    const { service, log, time } = await startWorld()
    const { approvalId } = await service.point.requestApproval(request())
    await service.stop()
    time.advance(20 * MINUTE)
    const restarted = await startInstance(log, time)
    time.advance(0)
    await restarted.signals.until(1)
    expect(await statusOf(restarted, approvalId)).toBe('expired')
  })

  test('that two instances both notice expires once', async () => {
    const first = await startWorld()
    const second = await startInstance(first.log, first.time)
    const { approvalId } = await first.service.point.requestApproval(request())
    await second.signals.until(1)
    first.time.advance(15 * MINUTE)
    await Promise.all([first.signals.until(2), second.signals.until(2)])
    const next = await second.service.point.requestApproval(request('b'))
    await Promise.all([first.signals.until(3), second.signals.until(3)])
    const about = (id: string) => first.signals.sent.filter((subject) => subject === approvalSubject(id))
    expect(about(approvalId)).toHaveLength(2)
    expect(about(next.approvalId)).toHaveLength(1)
  })

  test('leaves no timer behind when the service stops', async () => {
    const { service, time } = await startWorld()
    await service.point.requestApproval(request())
    expect(time.waiting()).toBe(1)
    await service.stop()
    expect(time.waiting()).toBe(0)
  })

  test('is retried when the log did not take the expiry', async () => {
    const time = manualTime()
    const log = memoryEventLog(() => time.clock().getTime())
    let broken = false
    const refused = Promise.withResolvers<void>()
    const signals = recordedSignals()
    const service = createApprovalsService(TERMS, {
      log,
      signals: signals.signals,
      control: { state: () => INITIAL_STATE, onChange: () => () => {} },
      clock: time.clock,
      scheduler: time,
      logger: silentLogger,
      publisher: createPublisher({
        producer: 'approvals/flaky',
        log: {
          ...log,
          append: (topic, records) => {
            if (!broken) return log.append(topic, records)
            refused.resolve()
            return Promise.reject(new Error('no broker'))
          },
        },
      }),
    })
    await service.start()
    await service.point.requestApproval(request())
    broken = true
    time.advance(15 * MINUTE)
    await refused.promise
    await time.scheduled()
    broken = false
    time.advance(1000)
    await signals.until(2)
    await service.stop()
  })
})

describe('a record that cannot be read', () => {
  test('stops the part, which then answers nobody', async () => {
    const { service, log } = await startWorld()
    expect(service.health.approvals?.()).toMatchObject({ status: 'ok' })
    await log.append(TOPICS.approvals, [{ key: 'x', headers: {}, value: Buffer.from('?') }])
    await expect(service.point.requestApproval(request())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(service.health.approvals?.()).toMatchObject({
      status: 'down',
      reason: expect.stringContaining('ce_type is missing'),
    })
  })

  test("is passed over where it says that it changes nobody's rights, and the part says how many", async () => {
    const { service, log } = await startWorld()
    const headers = { ce_type: 'sallyport.approval.seen.v1', ce_critical: 'false' }
    await log.append(TOPICS.approvals, [{ key: 'x', headers, value: Buffer.from('{}') }])
    expect(await service.point.requestApproval(request())).toMatchObject({ status: 'pending' })
    expect(service.health.approvals?.()).toMatchObject({ status: 'ok', facts: { passedOver: 1 } })
  })

  test('a log that ends makes the part go down and calls fail as unavailable', async () => {
    const { service, log } = await startWorld()
    await log.close()
    await expect(service.point.requestApproval(request())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(service.health.approvals?.()).toMatchObject({ status: 'down', reason: expect.any(String) })
  })
})
