import { callDigest } from '@sallyport/approval'
import { describe, expect, test } from 'vitest'
import { apiOf } from '../testing/api.ts'
import { MINUTE, request, startInstance, startWorld } from '../testing/instance.ts'

async function startApi() {
  const world = await startWorld()
  return { ...world, ...(await apiOf(world, world.time)) }
}

async function held(world: Awaited<ReturnType<typeof startApi>>, args = 'a', gateway = 'code-agent') {
  const { approvalId } = await world.service.point.requestApproval({ ...request(args), gateway })
  return approvalId
}

/** As `held`, a moment later than the one before. */
function heldNext(world: Awaited<ReturnType<typeof startApi>>, args: string, gateway?: string) {
  world.time.advance(1)
  return held(world, args, gateway)
}

describe('an answer', () => {
  test('of an approver lets the call go on and names them', async () => {
    const api = await startApi()
    const id = await held(api)
    api.time.advance(MINUTE)
    const { status, body } = await api
      .as('approver-dana')
      .post(`/v1/approvals/${id}/approve`, { reason: 'looks right' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      status: 'approved',
      answer: 'approve',
      answeredBy: 'approver-dana',
      answeredByType: 'person',
      answerReason: 'looks right',
      answeredAt: '2026-11-21T09:01:00.000Z',
      usableUntil: '2026-11-21T09:11:00.000Z',
    })
    expect(await api.service.point.getApprovals([id])).toMatchObject([
      { status: 'approved', answeredBy: 'approver-dana', answerReason: 'looks right' },
    ])
  })

  test('needs no body', async () => {
    const api = await startApi()
    const { status, body } = await api.as('approver-dana').post(`/v1/approvals/${await held(api)}/deny`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ status: 'denied', answerReason: null })
  })

  test('of a bot is recorded as a bot', async () => {
    const api = await startApi()
    const { body } = await api.as('bot-ci').post(`/v1/approvals/${await held(api)}/deny`, {})
    expect(body).toMatchObject({ answeredBy: 'bot-ci', answeredByType: 'bot' })
  })

  test('of the admin counts, of an analyst it does not', async () => {
    const api = await startApi()
    const url = `/v1/approvals/${await held(api)}/approve`
    expect(await api.as('analyst-ann').post(url, {})).toMatchObject({
      status: 403,
      body: { code: 'SP_FORBIDDEN' },
    })
    expect(await api.as('nobody').post(url, {})).toMatchObject({ status: 401 })
    expect(await api.as('admin-root').post(url, {})).toMatchObject({ status: 200 })
  })

  test('given by two people at the same moment counts once, and the other is told who was first', async () => {
    const api = await startApi()
    const id = await held(api)
    const answers = await Promise.all([
      api.as('approver-dana').post(`/v1/approvals/${id}/approve`, {}),
      api.as('approver-omar').post(`/v1/approvals/${id}/deny`, {}),
    ])
    const [won] = answers.filter(({ status }) => status === 200)
    const [lost] = answers.filter(({ status }) => status === 409)
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(lost?.type).toMatch('application/problem+json')
    expect(lost?.body).toMatchObject({
      code: 'SP_APPROVAL_CLOSED',
      detail: expect.stringContaining(
        `${won?.body.status} by ${won?.body.answeredBy} at ${won?.body.answeredAt}`,
      ),
    })
  })

  test('given to two instances at the same moment counts once', async () => {
    const first = await startApi()
    const instance = await startInstance(first.log, first.time)
    const second = await apiOf(instance, first.time)
    const id = await held(first)
    const answers = await Promise.all([
      first.as('approver-dana').post(`/v1/approvals/${id}/approve`, {}),
      second.as('approver-omar').post(`/v1/approvals/${id}/deny`, {}),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const seen = [await first.as('admin-root').get(`/v1/approvals/${id}`)]
    seen.push(await second.as('admin-root').get(`/v1/approvals/${id}`))
    expect(seen[0]).toEqual(seen[1])
  })

  test('after the expiry is gone, and does not resume the call', async () => {
    const api = await startApi()
    const id = await held(api)
    api.time.advance(15 * MINUTE)
    const late = await api.as('approver-dana').post(`/v1/approvals/${id}/approve`, {})
    expect(late).toMatchObject({ status: 410, body: { code: 'SP_APPROVAL_EXPIRED', status: 410 } })
    expect(late.type).toMatch('application/problem+json')
    const claim = { approvalId: id, callDigest: callDigest(request().binding), actionId: 'a', claimant: 'p' }
    expect(await api.service.point.claimApproval(claim)).toMatchObject({ claimed: false })
  })

  test('repeated with its Idempotency-Key is the same answer, also through another instance', async () => {
    const first = await startApi()
    const second = await apiOf(await startInstance(first.log, first.time), first.time)
    const id = await held(first)
    const send = (api: typeof second) =>
      api.as('approver-dana').post(`/v1/approvals/${id}/approve`, {}, { 'idempotency-key': 'answer-1' })
    const answers = [await send(first), await send(first), await send(second)]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(answers[2]?.body).toEqual(answers[0]?.body)
  })

  test('to what is unknown is not found', async () => {
    const api = await startApi()
    expect(await api.as('approver-dana').post('/v1/approvals/nothing/approve', {})).toMatchObject({
      status: 404,
      body: { code: 'SP_APPROVAL_NOT_FOUND' },
    })
  })

  test('with something it does not know is refused', async () => {
    const api = await startApi()
    const id = await held(api)
    const { status } = await api.as('approver-dana').post(`/v1/approvals/${id}/approve`, { forever: true })
    expect(status).toBe(400)
  })
})

describe('one approval', () => {
  test('shows every fact a person needs to answer', async () => {
    const api = await startApi()
    const id = await held(api)
    const { body } = await api.as('analyst-ann').get(`/v1/approvals/${id}`)
    expect(body).toEqual({
      approvalId: id,
      status: 'pending',
      gateway: { id: 'gw-1', name: 'code-agent' },
      connector: 'mcp',
      upstream: 'files',
      action: 'mcp.tools.create_issue',
      tool: 'create_issue',
      arguments: { title: 'issue a' },
      risk: 'medium',
      rule: 'permission mcp.tools.create_*',
      reasons: ['needs a person'],
      client: { name: 'claude-code', version: '2.0' },
      actionId: 'act-1',
      attachments: 0,
      callDigest: callDigest(request().binding),
      binding: request().binding,
      requestedAt: '2026-11-21T09:00:00.000Z',
      expiresAt: '2026-11-21T09:15:00.000Z',
      usableUntil: null,
      answer: null,
      answeredBy: null,
      answeredByType: null,
      answeredAt: null,
      answerReason: null,
      cancellation: null,
      claim: null,
      comments: [],
      endedAt: null,
      stages: [{ need: 1, of: 'anyone', have: 0, voters: [], open: true }],
      stage: 0,
      fallback: null,
      remindAt: null,
      remindedAt: null,
      escalateAt: null,
      escalatedAt: null,
      advice: [],
      grant: null,
      mayGrant: null,
      wouldGrant: [],
      unanswerable: null,
      youMay: { answer: false, why: 'your role does not answer approvals', deny: false, edit: false },
      digest: body.callDigest,
      edit: null,
      context: {
        sentence:
          'code-agent wants to call the tool create_issue on files: medium risk, held by permission mcp.tools.create_*.',
        next: [
          'Approved, this exact call goes on once, within 10 min.',
          'Denied, the agent is told your reason, and nothing is carried out.',
          'Unanswered, it is denied at 2026-11-21T09:15:00.000Z.',
        ],
        tool: null,
        similar: { approved: 0, denied: 0, unanswered: 0, sameCall: 0, last: null },
        actsFor: null,
        session: null,
        stages: ['0 of 1 from anyone'],
        clocks: [{ at: '2026-11-21T09:15:00.000Z', text: 'it is denied unless all votes are there' }],
      },
    })
  })

  test('tells whom its agent acts for and the session so far, also after a repeated call and at another instance', async () => {
    const first = await startApi()
    const earlier = {
      actionId: 'act-0',
      at: '2026-11-21T08:59:00.000Z',
      upstream: 'files',
      action: 'mcp.tools.read_file',
    }
    const soFar = { actions: [{ ...earlier, verdict: 'allow' as const, outcome: 'ok' }], more: 2 }
    const principal = { issuer: 'https://login.example', subject: '42' }
    const asked = { ...request(), principal, soFar }
    const { approvalId } = await first.service.point.requestApproval(asked)
    await first.service.point.requestApproval({ ...asked, soFar: { actions: [], more: 0 } })
    const second = await apiOf(await startInstance(first.log, first.time), first.time)
    for (const api of [first, second]) {
      const { body } = await api.as('analyst-ann').get(`/v1/approvals/${approvalId}`)
      expect(body.context).toMatchObject({ actsFor: { ...principal, person: null }, session: soFar })
      expect(body).not.toHaveProperty('principal')
    }
  })

  test('is shown by an instance that has only just been told of it', async () => {
    const first = await startApi()
    const second = await apiOf(await startInstance(first.log, first.time), first.time)
    const id = await held(first)
    expect(await second.as('analyst-ann').get(`/v1/approvals/${id}`)).toMatchObject({ status: 200 })
  })

  test('that is unknown is not found', async () => {
    const api = await startApi()
    expect(await api.as('analyst-ann').get('/v1/approvals/nothing')).toMatchObject({ status: 404 })
  })
})

describe('the list', () => {
  test('has what is pending, newest first', async () => {
    const api = await startApi()
    const ids = [await heldNext(api, 'a'), await heldNext(api, 'b'), await heldNext(api, 'c')]
    await api.as('approver-dana').post(`/v1/approvals/${ids[1]}/deny`, {})
    const { body } = await api.as('analyst-ann').get('/v1/approvals')
    expect(body.items.map((item: { approvalId: string }) => item.approvalId)).toEqual([ids[2], ids[0]])
    expect(body.next).toBeNull()
  })

  test('is of one status or all, and of one gateway', async () => {
    const api = await startApi()
    const a = await heldNext(api, 'a')
    const b = await heldNext(api, 'b', 'other-agent')
    await api.as('approver-dana').post(`/v1/approvals/${a}/deny`, {})
    const idsOf = async (query: string) => {
      const { body } = await api.as('analyst-ann').get(`/v1/approvals?${query}`)
      return body.items.map((item: { approvalId: string }) => item.approvalId)
    }
    expect(await idsOf('status=denied')).toEqual([a])
    expect(await idsOf('status=all')).toEqual([b, a])
    expect(await idsOf('status=all&gateway=code-agent')).toEqual([a])
    expect(await idsOf('status=approved')).toEqual([])
  })

  test('of a gateway that never was is refused, and the answer names those that are', async () => {
    const api = await startApi()
    const { status, body } = await api.as('analyst-ann').get('/v1/approvals?gateway=code-agnet')
    expect(status).toBe(404)
    expect(body).toMatchObject({ code: 'SP_GATEWAY_NOT_REGISTERED' })
    expect(body.detail).toContain('code-agent')
  })

  test('pages without skipping or repeating, also when a new one comes in between', async () => {
    const api = await startApi()
    const ids: string[] = []
    for (const args of '12345') ids.unshift(await heldNext(api, args))
    const seen: string[] = []
    for (let cursor: string | null = '', url = '/v1/approvals?limit=2'; cursor !== null; ) {
      const { body } = await api.as('analyst-ann').get(url)
      seen.push(...body.items.map((item: { approvalId: string }) => item.approvalId))
      cursor = body.next
      url = `/v1/approvals?limit=2&cursor=${cursor}`
      if (seen.length === 2) await heldNext(api, 'f')
    }
    expect(seen).toEqual(ids)
  })

  test('pages through calls of one and the same moment', async () => {
    const api = await startApi()
    const ids: string[] = []
    for (const args of '12345') ids.push(await held(api, args))
    const first = await api.as('analyst-ann').get('/v1/approvals?limit=3')
    const second = await api.as('analyst-ann').get(`/v1/approvals?limit=3&cursor=${first.body.next}`)
    const seen = [...first.body.items, ...second.body.items].map(({ approvalId }) => approvalId)
    expect(seen.sort()).toEqual(ids.sort())
  })

  test.each(['status=nonsense', 'limit=0', 'cursor=%00', 'more=1'])('refuses %s', async (query) => {
    const api = await startApi()
    expect(await api.as('analyst-ann').get(`/v1/approvals?${query}`)).toMatchObject({ status: 400 })
  })
})

describe('counts', () => {
  test('say how many wait, for how long and of whom', async () => {
    const api = await startApi()
    const analyst = api.as('analyst-ann')
    await held(api, 'a')
    api.time.advance(6 * MINUTE)
    const denied = await held(api, 'b')
    await held(api, 'c', 'other')
    const approved = await held(api, 'd')
    await api.as('approver-dana').post(`/v1/approvals/${denied}/deny`, {})
    await api.as('approver-dana').post(`/v1/approvals/${approved}/approve`, {})
    expect(await analyst.get('/v1/approvals/counts')).toEqual({
      status: 200,
      body: {
        pending: 2,
        approved: 1,
        byAge: [
          { fromMs: 0, toMs: MINUTE, count: 1 },
          { fromMs: MINUTE, toMs: 5 * MINUTE, count: 0 },
          { fromMs: 5 * MINUTE, toMs: 15 * MINUTE, count: 1 },
          { fromMs: 15 * MINUTE, toMs: 60 * MINUTE, count: 0 },
          { fromMs: 60 * MINUTE, toMs: null, count: 0 },
        ],
        gateways: [
          { name: 'code-agent', pending: 1 },
          { name: 'other', pending: 1 },
        ],
      },
    })
  })
})
