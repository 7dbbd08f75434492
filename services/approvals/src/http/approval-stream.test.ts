import { memoryEventLog } from '@sallyport/event-log'
import { describe, expect, onTestFinished, test } from 'vitest'
import { apiOf } from '../testing/api.ts'
import { type Instance, MINUTE, request, startInstance } from '../testing/instance.ts'
import { manualTime } from '../testing/manual-time.ts'

const HOUR = 60 * MINUTE

async function startApi() {
  const time = manualTime()
  const log = memoryEventLog(() => time.clock().getTime())
  return apiOn(await startInstance(log, time, SECRET), time)
}

async function apiOn(instance: Instance, time: ReturnType<typeof manualTime>) {
  const api = await apiOf(instance, time)
  const address = await api.server.listen({ host: '127.0.0.1', port: 0 })
  return {
    ...instance,
    ...api,
    time,
    address,
    async held(args: string) {
      const { approvalId } = await instance.service.point.requestApproval(request(args))
      return approvalId
    },
    async answer(id: string, vote: 'approve' | 'deny') {
      expect(await api.as('approver-dana').post(`/v1/approvals/${id}/${vote}`)).toMatchObject({ status: 200 })
    },
  }
}

const SECRET = Buffer.alloc(32, 's')

type Told =
  | { readonly event: 'approval'; readonly approvalId: string; readonly status: string; readonly id?: string }
  | { readonly event: 'snapshot'; readonly reason: string }
  | { readonly event: 'current'; readonly resumed: boolean; readonly id: string }

/** Reads the stream over a real connection; `next` gives the next event, undefined at the end. */
async function follow({ address }: { readonly address: string }, lastEventId?: string, query = '') {
  const abort = new AbortController()
  onTestFinished(() => abort.abort())
  const response = await fetch(`${address}/v1/approvals/stream${query}`, {
    headers: {
      authorization: 'Bearer analyst-ann',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: abort.signal,
  })
  expect(response.headers.get('content-type')).toMatch('text/event-stream')
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let buffered = ''
  const next = async (): Promise<Told | undefined> => {
    for (;;) {
      const end = buffered.indexOf('\n\n')
      const told = end < 0 ? undefined : toldOf(buffered.slice(0, end))
      buffered = end < 0 ? buffered : buffered.slice(end + 2)
      if (told) return told
      if (end >= 0) continue
      const chunk = await reader?.read()
      if (!chunk || chunk.done) return undefined
      buffered += chunk.value
    }
  }
  return {
    next,
    leave: () => abort.abort(),
    /** What comes until `current`, and its id. */
    async beginning() {
      const told: Told[] = []
      for (;;) {
        const one = await next()
        if (one === undefined) throw new Error('the stream ended')
        if (one.event === 'current') return { told: told.map(brief), current: one }
        told.push(one)
      }
    },
  }
}

/** Undefined of a comment. */
function toldOf(frame: string): Told | undefined {
  const [, event, id, data] = /^event: (.*)\n(?:id: (.*)\n)?data: (.*)$/.exec(frame) ?? []
  return data === undefined ? undefined : { event, ...JSON.parse(data), ...(id && { id }) }
}

function brief(told: Told): string {
  if (told.event === 'approval') return `${told.approvalId} ${told.status}`
  return told.event === 'snapshot' ? `snapshot: ${told.reason}` : 'current'
}

describe('the stream', () => {
  test('begins with what is pending and goes on with every change', async () => {
    const api = await startApi()
    await api.answer(await api.held('a'), 'deny')
    const waiting = await api.held('b')

    const events = await follow(api)
    const { told, current } = await events.beginning()
    expect(told).toEqual(['snapshot: first', `${waiting} pending`])
    expect(current.resumed).toBe(false)
    await api.answer(waiting, 'approve')
    expect(await events.next()).toMatchObject({
      event: 'approval',
      approvalId: waiting,
      status: 'approved',
      answeredBy: 'approver-dana',
      id: expect.any(String),
    })
    const fresh = await api.held('c')
    expect(await events.next()).toMatchObject({ approvalId: fresh, status: 'pending' })
    api.time.advance(15 * MINUTE)
    const last = [await events.next(), await events.next()]
    expect(last.map((event) => event && brief(event)).toSorted()).toEqual(
      [`${waiting} lapsed`, `${fresh} expired`].toSorted(),
    )
  })

  test('with the last id goes on with all that changed meanwhile, what closed included, each once', async () => {
    const api = await startApi()
    const [closes, stays] = [await api.held('a'), await api.held('b')]
    const events = await follow(api)
    const { current } = await events.beginning()
    events.leave()
    await api.answer(closes, 'deny')
    const [fresh, brief] = [await api.held('c'), await api.held('d')]
    await api.answer(brief, 'deny')

    const again = await (await follow(api, current.id)).beginning()
    expect(again.told).toEqual([`${closes} denied`, `${fresh} pending`, `${brief} denied`])
    expect(again.told.join()).not.toContain(stays)
    expect(again.current.resumed).toBe(true)
    expect((await (await follow(api, again.current.id)).beginning()).told).toEqual([])
  })

  test('an id of any event that was read is good, so nothing is told twice', async () => {
    const api = await startApi()
    const events = await follow(api)
    await events.beginning()
    const ids = [await api.held('a'), await api.held('b'), await api.held('c')]
    const [first] = [await events.next(), await events.next(), await events.next()]
    const id = first?.event === 'approval' ? first.id : undefined
    expect((await (await follow(api, id)).beginning()).told).toEqual(
      ids.slice(1).map((one) => `${one} pending`),
    )
  })

  test('an id is good at another instance, and at one that has just started', async () => {
    const api = await startApi()
    const { current } = await (await follow(api)).beginning()
    const closed = await api.held('a')
    await api.answer(closed, 'deny')
    const other = await apiOn(await startInstance(api.log, api.time, SECRET), api.time)
    const { told } = await (await follow(other, current.id)).beginning()
    expect(told).toEqual([`${closed} denied`])
  })

  test('where what changed is forgotten it says so and begins anew', async () => {
    const api = await startApi()
    const { current } = await (await follow(api)).beginning()
    await api.answer(await api.held('a'), 'deny')
    api.time.advance(25 * HOUR)
    await api.answer(await api.held('b'), 'deny')
    const waiting = await api.held('c')
    const again = await (await follow(api, current.id)).beginning()
    expect(again.told).toEqual(['snapshot: not_kept', `${waiting} pending`])
    expect(again.current.resumed).toBe(false)
  })

  test('an id of another installation, and one that is ahead of the log, begin anew', async () => {
    const api = await startApi()
    const waiting = await api.held('a')
    const other = await startApi()
    for (const args of ['a', 'b', 'c', 'd']) await other.held(args)
    const ahead = (await (await follow(other)).beginning()).current.id
    for (const id of [ahead, 'x', '0.1-0123456789abcdef'])
      expect((await (await follow(api, id)).beginning()).told).toEqual([
        'snapshot: unknown_id',
        `${waiting} pending`,
      ])
  })

  test('several hundred that wait, and as many that changed meanwhile, are told once each', async () => {
    const api = await startApi()
    const many = Array.from({ length: 250 }, (_, nth) => nth)
    await Promise.all(
      many.map((nth) => {
        const { binding, ...facts } = request()
        const gateway = { ...binding, gatewayId: `gw-${nth}` }
        return api.service.point.requestApproval({ ...facts, binding: gateway })
      }),
    )
    const { told, current } = await (await follow(api)).beginning()
    expect(new Set(told).size).toBe(251)
    expect(told).toHaveLength(251)
    api.time.advance(HOUR)
    await expect
      .poll(async () => (await (await follow(api, current.id)).beginning()).told)
      .toSatisfy((all: string[]) => all.length === 250 && all.every((one) => one.endsWith(' expired')))
  })

  test('that is to begin now begins with no approval, and goes on with every change', async () => {
    const api = await startApi()
    await api.held('a')
    const events = await follow(api, undefined, '?begin=now')
    const { told, current } = await events.beginning()
    expect(told).toEqual([])
    expect(current.resumed).toBe(false)
    const fresh = await api.held('b')
    expect(await events.next()).toMatchObject({ approvalId: fresh, status: 'pending' })
    const again = await (await follow(api, current.id, '?begin=now')).beginning()
    expect(again.told).toEqual([`${fresh} pending`])
  })

  test('ends when the server closes', async () => {
    const api = await startApi()
    const events = await follow(api)
    await events.beginning()
    await api.server.close()
    expect(await events.next()).toBeUndefined()
  })

  test('is not for whoever has no token', async () => {
    const api = await startApi()
    expect(await api.as('nobody').get('/v1/approvals/stream')).toMatchObject({ status: 401 })
  })
})
