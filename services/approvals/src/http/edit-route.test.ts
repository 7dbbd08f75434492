import { randomBytes } from 'node:crypto'
import { argumentsDigest, callDigest } from '@sallyport/approval'
import { memoryEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { redact } from '@sallyport/inspection'
import { exactValue, sortedText } from '@sallyport/jsonrpc'
import { parseTerms } from '@sallyport/policy'
import { ArgumentSeal, type RequestApproval } from '@sallyport/rpc'
import { deriveKey } from '@sallyport/runtime'
import { describe, expect, test } from 'vitest'
import { apiOf } from '../testing/api.ts'
import { MINUTE, request, startInstance } from '../testing/instance.ts'
import { manualTime } from '../testing/manual-time.ts'

const SECRET = randomBytes(32)
const seal = new ArgumentSeal(deriveKey(SECRET, 'arguments'))
const TOKEN = ['gh', 'p_', 'a1'.repeat(18)].join('')
const SENT = `{"title":"a","n":1234567890123456789,"list":[1,2],"cmd":"curl -H ${TOKEN}"}`
const MASK = '[redacted:github_token, 40 characters]'

interface Held {
  readonly stages?: string
  readonly args?: string
  readonly editable?: boolean
}

async function held({ stages = '1 of anyone', args = SENT, editable = true }: Held = {}) {
  const time = manualTime()
  const log = memoryEventLog(() => time.clock().getTime())
  const world = await startInstance(log, time, SECRET)
  const api = await apiOf(world, time)
  const { value, exact } = redact(exactValue(args))
  const argsDigest = argumentsDigest(deriveKey(SECRET, 'digest'), sortedText(args), null)
  const asked: RequestApproval = {
    ...request(),
    binding: { ...request().binding, argsDigest },
    arguments: value,
    ...(exact && { argumentsText: JSON.stringify(value) }),
    terms: parseTerms({ stages }),
    ...(editable && { editable: true }),
  }
  const sealedArguments = await seal.seal(`{"arguments":${args}}`, callDigest(asked.binding))
  const { point } = world.service
  const { approvalId: id } = await point.requestApproval({ ...asked, sealedArguments })
  const told = async () => (await point.getApprovals([id]))[0]
  return {
    ...world,
    time,
    id,
    told,
    binding: asked.binding,
    as: (name: string) => ({
      edit: (patch: object[] | string, more: object = {}) => {
        const text = typeof patch === 'string' ? patch : JSON.stringify(patch)
        const rest = JSON.stringify(more).slice(1)
        const body = `{"patch":${text}${rest === '}' ? '' : ','}${rest}`
        const headers = { 'content-type': 'application/json' }
        return api.as(name).post(`/v1/approvals/${id}/edit`, body as unknown as object, headers)
      },
      vote: (vote: 'approve' | 'deny', body: object = {}) =>
        api.as(name).post(`/v1/approvals/${id}/${vote}`, body),
      seen: async () => (await api.as(name).get(`/v1/approvals/${id}`)).body,
    }),
    /** The arguments that would be carried out, as text. */
    async sealed() {
      const edit = (await told())?.edit
      return seal.open(edit?.sealedArguments ?? '', edit?.digest ?? '')
    },
    claim: (digest?: string) =>
      point.claimApproval({
        approvalId: id,
        callDigest: callDigest(asked.binding),
        actionId: 'act-1',
        claimant: 'proxy/1',
        ...(digest !== undefined && { digest }),
      }),
    async recorded() {
      const end = (await log.ends(TOPICS.approvals))[0] ?? 0
      const all: string[] = []
      for await (const batch of log.read(TOPICS.approvals, {
        from: 'start',
        signal: AbortSignal.timeout(5000),
      })) {
        all.push(...batch.map(({ value }) => Buffer.from(value).toString()))
        if (all.length >= end) break
      }
      return all
    },
  }
}

const title = (value: unknown) => [{ op: 'replace', path: '/title', value }]

describe('an edit', () => {
  test('takes the place of what was sent, says who changed what, and needs somebody else', async () => {
    const { as, told, sealed, claim } = await held()
    const { status, body } = await as('approver-omar').edit(title('b'), { reason: 'clearer' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      status: 'pending',
      edit: {
        by: 'approver-omar',
        reason: 'clearer',
        count: 1,
        patch: [{ op: 'replace', path: '/title', value: 'b' }],
        changes: [{ place: '/title', from: 'a', to: 'b' }],
      },
      youMay: { answer: false, why: 'excluded: whoever edited a call does not approve it', edit: true },
    })
    expect(body.digest).toBe(body.edit.digest)
    expect(body.digest).not.toBe(body.callDigest)
    const seen = await as('approver-dana').seen()
    expect(seen).toMatchObject({ arguments: { title: 'b', cmd: `curl -H ${MASK}` }, whole: true })
    expect(seen.context.sentence).toContain('with arguments that approver-omar edited')

    expect(await as('approver-omar').vote('approve', { digest: body.digest })).toMatchObject({ status: 403 })
    expect((await told())?.edit).toMatchObject({ sealedArguments: null })
    expect(await as('approver-dana').vote('approve', { digest: body.digest })).toMatchObject({
      body: { status: 'approved' },
    })
    expect(await sealed()).toBe(`{"arguments":${SENT.replace('"a"', '"b"')}}`)
    expect(await claim()).toMatchObject({
      claimed: false,
      reason: expect.stringContaining('approver-omar edited'),
    })
    expect(await claim('f'.repeat(64))).toMatchObject({ claimed: false })
    expect(await claim(body.digest)).toMatchObject({ claimed: true })
    expect(await claim(body.digest)).toMatchObject({ claimed: true })
  })

  test('has the digest that the proxy comes to', async () => {
    const { as, told, binding } = await held({ args: '{"z":1E2,"a":"x"}' })
    const { body } = await as('approver-omar').edit('[{"op":"add","path":"/b","value":{"y":-0,"x":1}}]')
    const text = sortedText('{"z":1E2,"a":"x","b":{"y":-0,"x":1}}')
    const argsDigest = argumentsDigest(deriveKey(SECRET, 'digest'), text, null)
    expect(body.digest).toBe(callDigest({ ...binding, argsDigest }))
    expect(await told()).toMatchObject({
      callDigest: callDigest(binding),
      edit: { digest: body.digest },
    })
  })

  test('keeps numbers as they were written, and secrets that nobody saw', async () => {
    const { as, sealed } = await held()
    const { body } = await as('approver-omar').edit(
      `[{"op":"replace","path":"/list","value":[9007199254740993,1E2]},{"op":"replace","path":"/cmd","value":"wget -H ${MASK}"}]`,
    )
    await as('approver-dana').vote('approve', { digest: body.digest })
    const { arguments: now } = exactValue((await sealed()) ?? '') as { arguments: unknown }
    expect(JSON.stringify(now)).toBe(
      `{"title":"a","n":1234567890123456789,"list":[9007199254740993,1E2],"cmd":"wget -H ${TOKEN}"}`,
    )
  })

  test('that brings in a secret is recorded without it', async () => {
    const { as, recorded } = await held()
    const { body } = await as('approver-omar').edit([
      ...title(`use ${TOKEN}`),
      { op: 'add', path: '/password', value: 'hunter22hunter22' },
      { op: 'add', path: '/deep', value: { token: 'QWXZ3QWXZ3', list: [TOKEN] } },
    ])
    expect(body.edit.changes).toContainEqual({
      place: '/password',
      from: null,
      to: '[redacted:key, 16 characters]',
    })
    const text = (await recorded()).join('\n')
    expect(text).toContain('sealedArguments')
    for (const secret of [TOKEN, 'hunter22', 'QWXZ3']) {
      expect(text).not.toContain(secret)
      expect(JSON.stringify(body)).not.toContain(secret)
    }
  })
})

describe('votes and edits', () => {
  test('votes before an edit are void, and their voters vote anew', async () => {
    const { as } = await held({ stages: '2 of anyone' })
    expect(await as('approver-dana').vote('approve')).toMatchObject({ body: { stages: [{ have: 1 }] } })
    const { body } = await as('approver-omar').edit(title('b'))
    expect(body).toMatchObject({ stage: 0, stages: [{ have: 0, voters: [] }] })
    await as('approver-dana').vote('approve', { digest: body.digest })
    expect(await as('admin-root').vote('approve', { digest: body.digest })).toMatchObject({
      body: { status: 'approved', stages: [{ voters: ['approver-dana', 'admin-root'] }] },
    })
  })

  test('a vote on what was on the screen before is refused, to approve and to deny, and so is one that does not say', async () => {
    const { as, told } = await held()
    const before = (await as('approver-dana').seen()).digest
    await as('approver-omar').edit(title('b'))
    for (const vote of ['approve', 'deny'] as const)
      for (const body of [{ digest: before }, {}])
        expect(await as('approver-dana').vote(vote, body)).toMatchObject({
          status: 409,
          body: { code: 'SP_APPROVAL_EDITED', detail: expect.stringContaining('approver-omar edited') },
        })
    expect(await told()).toMatchObject({ status: 'pending' })
  })

  test('a vote that names another digest than that of an unedited call is refused', async () => {
    const { as } = await held()
    expect(await as('approver-dana').vote('approve', { digest: 'f'.repeat(64) })).toMatchObject({
      status: 409,
    })
  })

  test('of two edits of the same call one is taken, and the other is told', async () => {
    const { as } = await held()
    const { digest } = await as('approver-dana').seen()
    const both = await Promise.all([
      as('approver-omar').edit(title('b'), { digest }),
      as('approver-dana').edit(title('c'), { digest }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(both.find(({ status }) => status === 409)?.body.code).toBe('SP_APPROVAL_EDITED')
  })

  test('a second edit is about the first, its changes about what was sent, and neither editor approves', async () => {
    const { as } = await held()
    await as('approver-omar').edit(title('b'))
    const { body } = await as('approver-dana').edit([{ op: 'remove', path: '/list/0' }])
    expect(body.edit).toMatchObject({
      by: 'approver-dana',
      count: 2,
      changes: [
        { place: '/title', from: 'a', to: 'b' },
        { place: '/list/0', from: '1', to: '2' },
        { place: '/list/1', from: '2', to: null },
      ],
    })
    for (const name of ['approver-omar', 'approver-dana'])
      expect(await as(name).vote('approve', { digest: body.digest })).toMatchObject({ status: 403 })
    expect(await as('admin-root').vote('approve', { digest: body.digest })).toMatchObject({ status: 200 })
  })

  test('what was edited back is the call as it was sent', async () => {
    const { as, claim } = await held()
    await as('approver-omar').edit(title('b'))
    const { body } = await as('approver-omar').edit(title('a'))
    expect(body.edit).toMatchObject({ changes: [], count: 2 })
    expect(body.digest).toBe(body.callDigest)
    expect(await as('approver-dana').vote('approve')).toMatchObject({ body: { status: 'approved' } })
    expect(await claim()).toMatchObject({ claimed: true })
  })

  test('nothing is edited once it is approved, denied, used or over', async () => {
    const approved = await held()
    await approved.as('approver-dana').vote('approve')
    expect(await approved.as('approver-omar').edit(title('b'))).toMatchObject({
      status: 409,
      body: { code: 'SP_APPROVAL_CLOSED' },
    })
    await approved.claim()
    expect(await approved.as('approver-omar').edit(title('b'))).toMatchObject({ status: 409 })
    const late = await held()
    late.time.advance(15 * MINUTE)
    expect([409, 410]).toContain((await late.as('approver-omar').edit(title('b'))).status)
  })

  test('the clocks go on', async () => {
    const { as, time, told } = await held()
    const before = (await told())?.expiresAt
    time.advance(5 * MINUTE)
    await as('approver-omar').edit(title('b'))
    expect((await told())?.expiresAt).toBe(before)
  })
})

describe('an edit is refused', () => {
  test.each([
    ['of what is not there', [{ op: 'replace', path: '/none', value: 1 }], 'there is nothing at its path'],
    ['with the place of the page', [{ op: 'replace', path: '/arguments/title', value: 1 }], '/title and not'],
    ['that changes nothing', title('a'), 'it changes nothing'],
    ['that leaves no object', [{ op: 'replace', path: '', value: [] }], 'arguments are an object'],
    [
      'with a key that parsers take for more',
      [{ op: 'add', path: '/__proto__', value: {} }],
      'operation|prototype|key',
    ],
    ['with a mask that hides nothing', title(`x ${MASK}`), 'mask of a secret that is not there'],
  ])('%s', async (_, patch, detail) => {
    const { as, recorded } = await held()
    const before = (await recorded()).length
    const { status, body } = await as('approver-omar').edit(patch)
    expect(status).toBe(400)
    expect(body.detail).toMatch(new RegExp(detail))
    expect(await recorded()).toHaveLength(before)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test.each([
    ['too deep', `[{"op":"add","path":"/x","value":${'['.repeat(500)}${']'.repeat(500)}}]`],
    ['of other operations', '[{"op":"copy","path":"/x","from":"/title"}]'],
    ['with a key twice', '[{"op":"remove","op":"add","path":"/x","value":1}]'],
    ['of nothing', '[]'],
    ['of too many operations', JSON.stringify(Array(101).fill({ op: 'remove', path: '/list/0' }))],
    ['that is no patch', '{"op":"remove"}'],
    ['with __proto__ in its body', '[{"op":"add","path":"/x","value":{"__proto__":{"polluted":1}}}]'],
  ])('%s, before anything is recorded', async (_, patch) => {
    const { as, recorded } = await held()
    expect((await as('approver-omar').edit(patch)).status).toBe(400)
    expect(await recorded()).toHaveLength(1)
  })

  test('of more than a megabyte', async () => {
    const { as } = await held()
    expect((await as('approver-omar').edit(title('x'.repeat(1_100_000)))).status).toBe(413)
  })

  test('of a call whose arguments cannot be edited, by name', async () => {
    const { as } = await held({ editable: false })
    expect(await as('approver-omar').edit(title('b'))).toMatchObject({
      status: 409,
      body: { code: 'SP_APPROVAL_NOT_EDITABLE' },
    })
    expect((await as('approver-omar').seen()).youMay.edit).toBe(false)
  })

  test('by those who may not answer it, and by nobody of another stage than its own', async () => {
    const { as } = await held({ stages: '1 of role:admin' })
    expect(await as('approver-omar').edit(title('b'))).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('not in role:admin') },
    })
    expect(await as('analyst-ann').edit(title('b'))).toMatchObject({ status: 403 })
  })

  test('where nobody would be left to approve it: said at once, with ways out, and recorded only when confirmed', async () => {
    const { as, recorded, told } = await held({ stages: '1 of role:admin' })
    const { status, body } = await as('admin-root').edit(title('b'))
    expect(status).toBe(409)
    expect(body).toMatchObject({
      code: 'SP_APPROVAL_EDIT_UNANSWERABLE',
      detail: expect.stringMatching(
        /stage 1 needs 1 of role:admin, and nobody can vote.*Deny it.*person add/,
      ),
    })
    expect(await recorded()).toHaveLength(1)
    const why = 'stage 1 needs 1 of role:admin, and nobody can vote for it'
    expect((await as('admin-root').edit(title('b'), { confirm: true })).body.unanswerable).toBe(why)
    expect(await told()).toMatchObject({ unanswerable: why })
  })
})

test('a long edit is shown whole, and cut in the record', async () => {
  const { as, recorded } = await held()
  const long = 'line\n'.repeat(20_000)
  const { body } = await as('approver-omar').edit(title(long))
  expect((await as('approver-dana').seen()).arguments.title).toBe(long)
  const event = JSON.parse((await recorded()).at(-1) ?? '{}')
  expect(event.patch.length).toBeLessThan(65_536)
  expect(event.arguments.title.length).toBeLessThan(1000)
  expect(await as('approver-dana').vote('approve', { digest: body.digest })).toMatchObject({
    status: 409,
    body: { code: 'SP_APPROVAL_PARTS_UNSEEN' },
  })
})
