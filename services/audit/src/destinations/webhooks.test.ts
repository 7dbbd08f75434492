import { deadLetterLog } from '@sallyport/delivery'
import { startWebhookReceiver, type WebhookReceiver } from '@sallyport/delivery/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DeliveriesRig, startDeliveriesRig } from '../testing/deliveries-rig.ts'

const PATIENCE = { timeout: 20_000, interval: 10 }
const VARIABLE_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

interface Delivery {
  readonly name: string
  readonly status: string
  readonly reason: string | null
  readonly lagEvents: number
  readonly deadLetters: number
}
interface Letter {
  readonly eventId: string
  readonly reason: string
  readonly attempts: number
}

let rig: DeliveriesRig
let receiver: WebhookReceiver

beforeEach(async () => {
  rig = await startDeliveriesRig({ HOOK_SECRET: VARIABLE_SECRET })
  receiver = await startWebhookReceiver()
})
afterEach(async () => {
  await rig.stop()
  await receiver.close()
})

const confirmedIds = () => receiver.confirmed().map(({ id }) => id)
const delivery = async (name: string) =>
  (await rig.ask<{ items: Delivery[] }>('GET', '/v1/deliveries')).items.find((one) => one.name === name)
const letters = async (name: string) =>
  (await rig.ask<{ items: Letter[] }>('GET', `/v1/deliveries/${name}/dead-letters`)).items

describe('a webhook', () => {
  test('is told of the events that it asked for, signed, in order, and of no others', async () => {
    const secret = await rig.add('ops', receiver.url)
    const ids = await rig.approvals(5, 'one')
    await expect.poll(confirmedIds, PATIENCE).toEqual(ids)
    for (const message of receiver.messages) {
      receiver.verify(message, secret)
      expect(message.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8')
      expect(message.event.type).toBe('sallyport.approval.expired.v1')
    }
    await expect
      .poll(() => delivery('ops'), PATIENCE)
      .toMatchObject({ status: 'delivering', lagEvents: 0, deadLetters: 0 })
  })

  test('is not told of what happened before it was added', async () => {
    const [old] = await rig.approvals(1, 'one')
    const at = Date.now()
    await expect.poll(() => Date.now(), PATIENCE).toBeGreaterThan(at + 1)
    await rig.add('ops', receiver.url)
    const [fresh] = await rig.approvals(1, 'one')
    await expect.poll(confirmedIds, PATIENCE).toContain(fresh)
    expect(confirmedIds()).not.toContain(old)
  })

  test('is signed with the secret of a variable where one was named', async () => {
    await rig.add('ops', receiver.url, ['*'], { kind: 'env', variable: 'HOOK_SECRET' })
    await rig.approvals(1)
    await expect.poll(() => receiver.messages.length, PATIENCE).toBeGreaterThan(0)
    for (const message of receiver.messages) receiver.verify(message, VARIABLE_SECRET)
  })

  test('waits while the secret cannot be had, and says so without the secret', async () => {
    await rig.add('ops', receiver.url, ['approval.*'], { kind: 'env', variable: 'NOT_THERE' })
    await rig.approvals(1)
    await expect.poll(async () => (await delivery('ops'))?.status, PATIENCE).toBe('failing')
    expect((await delivery('ops'))?.reason).toMatch(/the variable NOT_THERE is not set/)
    expect(receiver.messages).toEqual([])
  })

  test('gets everything once it comes back, in order: after errors, after hanging, after being gone', async () => {
    await rig.add('ops', receiver.url)
    receiver.answer(503)
    const ids = await rig.approvals(4, 'one')
    await expect.poll(() => receiver.messages.length, PATIENCE).toBeGreaterThan(1)
    receiver.answer('hang')
    await expect.poll(() => receiver.messages.at(-1)?.status, PATIENCE).toBe('hung')
    await receiver.shut()
    await expect
      .poll(async () => (await delivery('ops'))?.reason, PATIENCE)
      .toMatch(/cannot be reached: ECONNREFUSED/)
    expect((await rig.deliveries.health.webhooks()).status).toBe('degraded')
    expect((await delivery('ops'))?.lagEvents).toBeGreaterThanOrEqual(4)
    receiver.answer(200)
    await receiver.open()
    await expect.poll(confirmedIds, PATIENCE).toEqual(ids)
    await expect.poll(async () => (await rig.deliveries.health.webhooks()).status, PATIENCE).toBe('ok')
    expect(new Set(receiver.messages.map(({ id }) => id)).size).toBe(4)
  })

  test('that refuses an event gets the others; the dead letter says why and is delivered again on request', async () => {
    const secret = await rig.add('ops', receiver.url)
    const [poisoned] = await rig.approvals(1, 'one')
    receiver.answer(({ id }) => (id === poisoned ? 422 : 204))
    const others = await rig.approvals(3, 'one')
    await expect.poll(() => new Set(confirmedIds()), PATIENCE).toEqual(expect.objectContaining({ size: 3 }))
    await expect.poll(async () => (await letters('ops')).length, PATIENCE).toBe(1)
    expect(await letters('ops')).toMatchObject([
      { eventId: poisoned, reason: 'the receiver answered 422', attempts: 1 },
    ])
    expect(confirmedIds()).toEqual(others)

    receiver.answer(204)
    expect(await rig.ask('POST', '/v1/deliveries/ops/replay', {})).toEqual({ requested: 1 })
    await expect.poll(confirmedIds, PATIENCE).toContain(poisoned)
    const again = receiver.messages.findLast(({ id }) => id === poisoned)
    if (again) receiver.verify(again, secret)
    expect(await letters('ops')).toEqual([])
    expect(await delivery('ops')).toMatchObject({ deadLetters: 0 })
  })

  test('that refuses the replay too has the dead letter again', async () => {
    await rig.add('ops', receiver.url)
    receiver.answer(400)
    const [id] = await rig.approvals(1, 'one')
    await expect.poll(async () => (await letters('ops')).length, PATIENCE).toBe(1)
    await rig.ask('POST', '/v1/deliveries/ops/replay', { eventId: id })
    await expect.poll(() => receiver.messages.length, PATIENCE).toBe(2)
    await expect
      .poll(async () => (await letters('ops')).map(({ eventId }) => eventId), PATIENCE)
      .toEqual([id])
  })

  test('that answers with a redirect is asked again where it is, and nowhere else', async () => {
    const elsewhere = await startWebhookReceiver()
    receiver.answer({ status: 307, headers: { location: elsewhere.url } })
    await rig.add('ops', receiver.url)
    await rig.approvals(1)
    await expect.poll(() => receiver.messages.length, PATIENCE).toBeGreaterThan(1)
    expect(elsewhere.messages).toEqual([])
    expect((await delivery('ops'))?.reason).toMatch(/redirects are not followed/)
    await elsewhere.close()
  })

  test('is left alone for as long as it asks', async () => {
    receiver.answer({ status: 429, headers: { 'retry-after': '1' } })
    await rig.add('ops', receiver.url)
    await rig.approvals(1)
    await expect.poll(() => receiver.messages.length, PATIENCE).toBe(1)
    const asked = performance.now()
    receiver.answer(204)
    await expect.poll(() => receiver.messages.length, PATIENCE).toBe(2)
    // Timers of Node may end a millisecond early.
    expect(performance.now() - asked).toBeGreaterThan(900)
  })

  test('that says that it is gone is told of nothing more', async () => {
    receiver.answer(410)
    await rig.add('ops', receiver.url)
    await rig.approvals(1)
    await expect.poll(async () => (await delivery('ops'))?.status, PATIENCE).toBe('disabled')
    expect(rig.control.state().webhooks.get('ops')?.disabled?.reason).toMatch(/410/)
    const asked = receiver.messages.length
    await rig.approvals(3)
    const other = await startWebhookReceiver()
    await rig.add('other', other.url)
    await rig.approvals(1)
    await expect.poll(() => other.messages.length, PATIENCE).toBeGreaterThan(0)
    expect(receiver.messages.length).toBe(asked)
    await other.close()
  })

  test('that is removed is told of nothing more, and one of its name begins anew', async () => {
    await rig.add('ops', receiver.url)
    receiver.answer(400)
    await rig.approvals(1)
    await expect.poll(async () => (await letters('ops')).length, PATIENCE).toBe(1)
    await rig.remove('ops')
    expect(await delivery('ops')).toBeUndefined()
    receiver.answer(204)
    await rig.add('ops', receiver.url)
    expect(await letters('ops')).toEqual([])
  })

  test('is tested with a message that is not in the log', async () => {
    const secret = await rig.add('ops', receiver.url)
    expect(await rig.ask('POST', '/v1/deliveries/ops/test')).toEqual({
      delivered: true,
      status: 204,
      reason: null,
    })
    const [message] = receiver.messages
    expect(message?.event).toMatchObject({ type: 'sallyport.webhook.test.v1', data: { webhook: 'ops' } })
    if (message) receiver.verify(message, secret)
    receiver.answer(500)
    expect(await rig.ask('POST', '/v1/deliveries/ops/test')).toEqual({
      delivered: false,
      status: null,
      reason: 'the receiver answered 500',
    })
  })
})

test.each(['x'.repeat(129), 'a\r\nb', 'é'])(
  'a foreign record whose id is no name of ours becomes a dead letter, and holds nothing up',
  async (id) => {
    await rig.add('ops', receiver.url)
    const headers = {
      ce_id: id,
      ce_type: 'sallyport.approval.expired.v1',
      ce_source: '/approvals',
      ce_tenant: 'default',
    }
    await expect.poll(async () => (await delivery('ops'))?.status, PATIENCE).toBe('delivering')
    await rig.log.append('sallyport.approvals', [{ key: 'one', headers, value: Buffer.from('{}') }])
    const ids = await rig.approvals(1, 'one')
    await expect.poll(confirmedIds, PATIENCE).toContain(ids[0])
    await expect.poll(async () => (await delivery('ops'))?.deadLetters, PATIENCE).toBe(1)
  },
)

test('one webhook that hangs does not hold another up', async () => {
  const other = await startWebhookReceiver()
  receiver.answer('hang')
  await rig.add('slow', receiver.url)
  await rig.add('quick', other.url)
  const ids = await rig.approvals(5, 'one')
  await expect.poll(() => other.confirmed().map(({ id }) => id), PATIENCE).toEqual(ids)
  await other.close()
})

test('what a destination of approvals could not tell is listed under the name of its consumer, and is not replayed', async () => {
  const letters = deadLetterLog({
    publisher: rig.publisher,
    tenant: 'default',
    source: '/approvals',
    clock: () => new Date(),
  })
  await letters.add({
    consumer: 'approvals.email',
    topic: 'sallyport.approvals',
    partition: 0,
    from: 7,
    to: 8,
    record: undefined,
    reason: 'dana@example.com: 550 no such user',
    attempts: 1,
    firstAttemptAt: new Date(),
  })
  const path = '/v1/deliveries/approvals.email'
  await expect
    .poll(async () => (await rig.ask<{ items: Letter[] }>('GET', `${path}/dead-letters`)).items, PATIENCE)
    .toMatchObject([{ reason: 'dana@example.com: 550 no such user', attempts: 1 }])
  await expect(rig.ask('POST', `${path}/replay`, {})).resolves.toMatchObject({ status: 404 })
})
