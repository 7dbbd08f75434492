import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { callDigest } from '@sallyport/approval'
import { memoryEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { apiOf } from './testing/api.ts'
import { MINUTE, NO_CONTROL, request, startInstance, startWorld, TERMS, vote } from './testing/instance.ts'
import { manualTime } from './testing/manual-time.ts'

async function startApi(tokens: readonly string[] = []) {
  const world = await startWorld()
  return { ...world, ...(await apiOf(world, world.time, tokens)) }
}

/** A call like no other. */
function call(nth: number) {
  const { binding, ...facts } = request()
  return { ...facts, binding: { ...binding, argsDigest: nth.toString(16).padStart(64, '0') } }
}

const REFUSED = Symbol('refused')
const orRefused = <T>(work: Promise<T>): Promise<T | typeof REFUSED> => work.catch(() => REFUSED)

describe('instances whose clocks differ', () => {
  const step = fc.record({
    what: fc.constantFrom('ask', 'approve', 'deny', 'claim', 'wait'),
    by: fc.constantFrom(0, 1),
    minutes: fc.integer({ min: 1, max: 8 }),
  })

  test('agree on every approval, and let one claim win, which follows a vote that was in time by the log', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -60, max: 60 }),
        fc.array(step, { maxLength: 20 }),
        async (skew, steps) => {
          const log = memoryEventLog(() => 0)
          const times = [manualTime(), manualTime(Date.UTC(2026, 10, 21, 9) + skew * MINUTE)] as const
          const instances = await Promise.all(
            times.map((time) => startInstance(log, time, undefined, NO_CONTROL)),
          )
          const claims: string[] = []
          const asked = new Set<string>()
          for (const { what, by, minutes } of steps) {
            const instance = instances[by]
            if (!instance) continue
            const { point } = instance.service
            const last = [...asked].at(-1) ?? ''
            if (what === 'wait') for (const time of times) time.advance(minutes * MINUTE)
            if (what === 'ask') asked.add((await point.requestApproval(call(1))).approvalId)
            if (what === 'approve' || what === 'deny') await orRefused(vote(instance, last, what))
            if (what !== 'claim') continue
            const claim = { approvalId: last, callDigest: callDigest(call(1).binding), claimant: 'p' }
            const { claimed } = await point.claimApproval({ ...claim, actionId: `act-${claims.length}` })
            if (claimed) claims.push(last)
          }
          const tell = () =>
            Promise.all(instances.map(({ service }) => service.point.getApprovals([...asked])))
          const isOpen = ({ status }: { readonly status: string }) =>
            status === 'pending' || status === 'approved'
          let told = await tell()
          for (let turn = 0; turn < 100 && told.flat().some(isOpen); turn += 1) {
            for (const time of times) time.advance(10 * MINUTE)
            await nextTurn()
            told = await tell()
          }
          expect(told[0]).toEqual(told[1])
          expect(told.flat().filter(isOpen)).toEqual([])
          expect(new Set(claims).size).toBe(claims.length)
          const used = told[0]?.filter(({ status }) => status === 'consumed') ?? []
          expect(used.map(({ approvalId }) => approvalId).toSorted()).toEqual(claims.toSorted())
          expect(used.every(({ approvers }) => approvers.length === 1)).toBe(true)
          await Promise.all(instances.map(({ service }) => service.stop()))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('hostile input', () => {
  const IDS = [
    '__proto__',
    'constructor',
    '%00',
    '..%2f..%2fv1%2ftokens',
    "' OR 1=1 --",
    '\u202Egpj',
    '0'.repeat(64),
  ]

  test.each(IDS)('an approval with the id %j is not there, to whatever is done with it', async (id) => {
    const api = await startApi()
    await api.service.point.requestApproval(call(1))
    const path = `/v1/approvals/${id.includes('%') ? id : encodeURIComponent(id)}`
    const dana = api.as('approver-dana')
    const answers = [
      await dana.get(path),
      await dana.post(`${path}/approve`, {}),
      await dana.post(`${path}/deny`, {}),
      await dana.post(`${path}/reveal`, { places: ['/arguments'] }),
    ]
    for (const { status, body } of answers) {
      expect([400, 404]).toContain(status)
      expect(body.code).toMatch(/^SP_/)
    }
    expect((await dana.get('/v1/approvals/counts')).body).toMatchObject({ pending: 1 })
  })

  test.each([
    ['limit=1e9'],
    ['limit=-1'],
    ['cursor=%00'],
    ['cursor=eyJhIjoxfQ'],
    ['status=__proto__'],
    ['status[$ne]=pending'],
    [`gateway=${'g'.repeat(300)}`],
    ['offset=10'],
  ])('a list with %s is refused, and no fault', async (query) => {
    const api = await startApi()
    const { status, body } = await api.as('analyst-ann').get(`/v1/approvals?${query}`)
    expect(status).toBe(400)
    expect(body.code).toMatch(/^SP_/)
  })

  test.each(['__proto__', 'constructor', 'pending\ncode-agent'])(
    'a gateway called %j has no approvals',
    async (name) => {
      const api = await startApi()
      await api.service.point.requestApproval(call(1))
      const list = await api.as('analyst-ann').get(`/v1/approvals?gateway=${encodeURIComponent(name)}`)
      expect(list).toMatchObject({ status: 404, body: { code: expect.stringMatching(/^SP_/) } })
    },
  )

  test('an Idempotency-Key that was used for the vote on one call votes on no other', async () => {
    const api = await startApi()
    const [first, second] = await Promise.all(
      [call(1), call(2)].map((one) => api.service.point.requestApproval(one)),
    )
    const approve = (id = '') =>
      api.as('approver-dana').post(`/v1/approvals/${id}/approve`, {}, { 'idempotency-key': 'once' })
    expect(await approve(first?.approvalId)).toMatchObject({ status: 200 })
    expect(await approve(second?.approvalId)).toMatchObject({ status: 422 })
    expect(await api.service.point.getApprovals([second?.approvalId ?? ''])).toMatchObject([
      { status: 'pending' },
    ])
  })

  test('nor does it vote otherwise on the same call', async () => {
    const api = await startApi()
    const { approvalId } = await api.service.point.requestApproval(call(1))
    const as = (answer: string) =>
      api.as('approver-dana').post(`/v1/approvals/${approvalId}/${answer}`, {}, { 'idempotency-key': 'once' })
    expect(await as('approve')).toMatchObject({ status: 200 })
    expect(await as('deny')).toMatchObject({ status: 422 })
    expect(await api.service.point.getApprovals([approvalId])).toMatchObject([{ status: 'approved' }])
  })
})

describe('a flood', () => {
  test('of calls of one agent ends at its limit, and leaves other agents alone', async () => {
    const { service } = await startWorld()
    const most = TERMS.maxOpenPerGateway
    const asked = await Promise.all(
      Array.from({ length: most }, (_, nth) => service.point.requestApproval(call(nth))),
    )
    await expect(service.point.requestApproval(call(most))).rejects.toMatchObject({
      code: 'SP_APPROVALS_EXHAUSTED',
    })
    expect(await service.point.requestApproval(call(0))).toMatchObject({ attached: true })
    const { binding, ...facts } = call(most)
    const other = { ...facts, gateway: 'other', binding: { ...binding, gatewayId: 'gw-2' } }
    expect(await service.point.requestApproval(other)).toMatchObject({ status: 'pending' })
    await service.point.cancelApproval(asked[0]?.approvalId ?? '', 'gone')
    expect(await service.point.requestApproval(call(most))).toMatchObject({ status: 'pending' })
  })

  test('of one request, which a proxy repeats because the log is slow, is one record of the log', async () => {
    const { service, log } = await startWorld()
    const records = async () =>
      Object.values(await log.ends(TOPICS.approvals)).reduce((sum, end) => sum + end, 0)
    const ask = (actionId: string) => service.point.requestApproval({ ...call(1), actionId })
    const first = await Promise.all([ask('act-1'), ask('act-1'), ask('act-1')])
    const again = [await ask('act-1'), await ask('act-2'), await ask('act-2')]
    expect(new Set([...first, ...again].map(({ approvalId }) => approvalId)).size).toBe(1)
    expect(await records()).toBe(2)
    await service.point.cancelApproval(first[0]?.approvalId ?? '', 'enough')
    expect((await ask('act-1')).approvalId).not.toBe(first[0]?.approvalId)
  })

  test('of arguments of one agent ends at its limit of memory', async () => {
    const { service } = await startWorld()
    const heavy = (nth: number) => ({ ...call(nth), sealedArguments: 'x'.repeat(4 * 1024 * 1024 - 16_384) })
    const asked = Array.from({ length: 18 }, (_, nth) => nth)
    const outcomes: unknown[] = []
    for (const nth of asked) outcomes.push(await orRefused(service.point.requestApproval(heavy(nth))))
    const refused = outcomes.filter((outcome) => outcome === REFUSED).length
    expect(refused).toBeGreaterThan(0)
    expect(await service.point.requestApproval(call(99))).toMatchObject({ status: 'pending' })
  })
})

describe('a reader of the stream', () => {
  test('who never reads is cut off before much is kept for them, and another reader is told everything', async () => {
    const api = await startApi()
    const address = new URL(await api.server.listen({ host: '127.0.0.1', port: 0 }))
    const deaf = connect(Number(address.port), '127.0.0.1').pause()
    onTestFinished(() => void deaf.destroy())
    deaf.write(
      'GET /v1/approvals/stream HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer analyst-ann\r\n\r\n',
    )
    const abort = new AbortController()
    onTestFinished(() => abort.abort())
    const headers = { authorization: 'Bearer approver-omar' }
    const { body } = await fetch(new URL('/v1/approvals/stream', address), { headers, signal: abort.signal })
    let read = ''
    const reading = (async () => {
      for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? [])
        read = `${read}${chunk}`.slice(-200_000)
    })().catch(() => undefined)
    const connections = () =>
      new Promise<number>((resolve) => api.server.server.getConnections((_, count) => resolve(count)))
    await expect.poll(connections).toBe(2)
    const long = { title: 'x'.repeat(50_000) }
    const ids: string[] = []
    // The socket buffers of the kernel take some megabytes before anything is kept here.
    while ((await connections()) === 2 && ids.length < 1000) {
      const { approvalId } = await api.service.point.requestApproval({ ...call(ids.length), arguments: long })
      ids.push(approvalId)
      await api.service.point.cancelApproval(approvalId, 'enough')
      while (!read.includes(approvalId)) await nextTurn()
    }
    expect(await connections()).toBe(1)
    abort.abort()
    await reading
  })

  test('may have a thousand others beside them: each is told of a change once, and one token has at most 32', async () => {
    const tokens = Array.from({ length: 32 }, (_, nth) => `analyst-${nth}`)
    const api = await startApi(tokens)
    const address = await api.server.listen({ host: '127.0.0.1', port: 0 })
    const abort = new AbortController()
    onTestFinished(() => abort.abort())
    const open = (token: string) =>
      fetch(`${address}/v1/approvals/stream?begin=now`, {
        headers: { authorization: `Bearer ${token}` },
        signal: abort.signal,
      })
    const streams = await Promise.all(
      tokens.flatMap((token) => Array.from({ length: 32 }, () => open(token))),
    )
    expect(streams.filter(({ status }) => status === 200)).toHaveLength(1024)
    expect((await open('analyst-0')).status).toBe(429)
    const { approvalId } = await api.service.point.requestApproval(call(1))
    await api.service.point.cancelApproval(approvalId, 'enough')
    const told = await Promise.all(streams.map((stream) => textUntil(stream, '"status":"cancelled"')))
    expect(told.every((text) => text.match(/event: approval\n/g)?.length === 2)).toBe(true)
  })
})

async function textUntil({ body }: Response, end: string): Promise<string> {
  let text = ''
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    if (text.includes(end)) break
  }
  return text
}
