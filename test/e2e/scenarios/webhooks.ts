import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type ReceivedMessage, startWebhookReceiver, type WebhookReceiver } from '@sallyport/delivery/testing'
import { afterEach, expect, test } from 'vitest'
import { govern, type World } from './world.ts'

export interface Delivering {
  world(): World
  /** Kills with -9 what delivers at the moment; afterwards something delivers again, in the same world or a new one. */
  kill(): Promise<void>
}

/** The life of an approved call, in the order of the log. */
const LIFE = ['requested.v2', 'voted.v2', 'claimed.v1'].map((name) => `sallyport.approval.${name}`)

/** Events on their way to an address outside, with failures of the receiver and of ours. */
export function webhooks({ world, kill }: Delivering): void {
  const receivers: WebhookReceiver[] = []
  afterEach(async () => {
    await Promise.all(receivers.splice(0).map((receiver) => receiver.close()))
  })

  async function add(receiver: WebhookReceiver): Promise<{ readonly name: string; readonly secret: string }> {
    receivers.push(receiver)
    const name = `hook-${randomUUID().slice(0, 8)}`
    const added = await world().api.client.write<{ signingSecret: string }>('POST', '/v1/webhooks', {
      name,
      url: receiver.url,
      events: ['approval.*'],
    })
    await world().composition.inForce()
    return { name, secret: added.signingSecret }
  }

  /** Calls that are held, approved and done; their approvals. */
  async function approvedCalls(count: number): Promise<string[]> {
    const governed = await govern(world(), world().files.url, { 'mcp.tools.create_*': 'require_approval' })
    const agent = await governed.connect()
    const approvals: string[] = []
    for (let nth = 0; nth < count; nth++) {
      const path = join(world().files.folder, `hooked-${randomUUID()}`)
      const call = agent.call('create_directory', { path })
      const { approvalId } = await world().api.waiting(governed.gateway)
      await world().api.vote(approvalId, 'approve')
      expect((await call).isError ?? false).toBe(false)
      approvals.push(approvalId)
    }
    await agent.close()
    return approvals
  }

  test('a receiver that fails, hangs and comes back is told of every approval, in order, though we were killed', async () => {
    const receiver = await startWebhookReceiver()
    receiver.answer(503)
    const { secret } = await add(receiver)
    const approvals = await approvedCalls(2)
    await expect.poll(() => receiver.messages.length, { timeout: 30_000 }).toBeGreaterThan(0)
    receiver.answer('hang')
    await expect.poll(() => receiver.messages.at(-1)?.status, { timeout: 30_000 }).toBe('hung')
    await receiver.shut()
    approvals.push(...(await approvedCalls(2)))
    await kill()
    let asked = 0
    // Every third message is answered with an error.
    receiver.answer(() => (++asked % 3 === 0 ? 500 : 204))
    await receiver.open()
    approvals.push(...(await approvedCalls(1)))

    for (const id of approvals)
      await expect.poll(() => firstTold(receiver.confirmed(), id), { timeout: 60_000 }).toEqual(LIFE)
    for (const message of receiver.messages) receiver.verify(message, secret)
  })

  test('what was refused is kept with its reason, and delivered again on request', async () => {
    const { client } = world().api
    const receiver = await startWebhookReceiver()
    receiver.answer(({ event }) => (event.type === LIFE[1] ? 400 : 204))
    const { name } = await add(receiver)
    const [id = ''] = await approvedCalls(1)
    await expect
      .poll(() => firstTold(receiver.confirmed(), id), { timeout: 30_000 })
      .toEqual([LIFE[0], LIFE[2]])
    const letters = () =>
      client.get<{ items: { eventType: string; reason: string }[] }>(`/v1/deliveries/${name}/dead-letters`)
    await expect.poll(async () => (await letters()).items, { timeout: 30_000 }).toHaveLength(1)
    expect((await letters()).items[0]).toMatchObject({
      eventType: LIFE[1],
      reason: 'the receiver answered 400',
    })
    receiver.answer(204)
    await client.write('POST', `/v1/deliveries/${name}/replay`, {})
    await expect
      .poll(() => firstTold(receiver.confirmed(), id), { timeout: 30_000 })
      .toEqual([LIFE[0], LIFE[2], LIFE[1]])
    await expect.poll(async () => (await letters()).items, { timeout: 30_000 }).toEqual([])
  })

  test('a pattern that matches nothing is refused with one that does', async () => {
    const body = { name: 'hook-none', url: 'http://127.0.0.1:1/', events: ['aproval.*'] }
    await expect(world().api.client.write('POST', '/v1/webhooks', body)).rejects.toThrow(
      /did you mean approval\.\*\?/,
    )
  })
}

/** The types that were told of an approval, each where it was told first. */
function firstTold(messages: readonly ReceivedMessage[], approvalId: string): string[] {
  const own = messages.filter(({ event }) => event.data['approvalId'] === approvalId)
  return [...new Set(own.map(({ event }) => event.type))]
}
