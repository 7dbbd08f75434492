import { callDigest } from '@sallyport/approval'
import { createPublisher, memoryEventLog } from '@sallyport/event-log'
import type { GrantText } from '@sallyport/policy'
import { ArgumentSeal, type RequestApproval, type UseGrant } from '@sallyport/rpc'
import { deriveKey, type SallyportError } from '@sallyport/runtime'
import { describe, expect, test, vi } from 'vitest'
import { voteIntent } from '../intents.ts'
import { apiOf } from '../testing/api.ts'
import { type Instance, MINUTE, request, startInstance, tokenVoter } from '../testing/instance.ts'
import { manualTime } from '../testing/manual-time.ts'

const SECRET = new Uint8Array(32).fill(7)
const CALLER = { credential: '0123456789abcdef', session: 's-1', principal: null }

function call(args: string, changes: Partial<RequestApproval> = {}): RequestApproval {
  return { ...request(args), caller: CALLER, ...changes }
}

async function world(instances = 1) {
  const time = manualTime()
  const log = memoryEventLog(() => time.clock().getTime())
  const all: Instance[] = []
  for (let at = 0; at < instances; at += 1) all.push(await startInstance(log, time, SECRET))
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

/** The proxy seals the whole arguments for whoever answers. */
async function sealed(asked: RequestApproval, given: object): Promise<RequestApproval> {
  const seal = new ArgumentSeal(deriveKey(SECRET, 'arguments'))
  const text = JSON.stringify({ arguments: given })
  return { ...asked, arguments: given, sealedArguments: await seal.seal(text, callDigest(asked.binding)) }
}

/** What the refusal is called, or nothing. */
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (fault: SallyportError) => `${fault.code}: ${fault.message}`,
  )

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

  test('is over once its time is, to the millisecond', async () => {
    const { instance, time } = await world()
    const { grantId } = await granted(instance, { for: '1h' })
    const { point } = instance.service
    time.advance(60 * MINUTE - 1)
    expect(await point.useGrant(useOf(call('b'), grantId, 'act-2'))).toEqual({ used: true })
    time.advance(1)
    expect(await point.requestApproval(call('b'))).toMatchObject({ status: 'pending' })
    expect(await point.useGrant(useOf(call('b'), grantId, 'act-3'))).toMatchObject({ used: false })
  })

  const other = (changes: Partial<RequestApproval['binding']>) => ({
    binding: { ...request('b').binding, ...changes },
  })
  test.each<[string, Partial<RequestApproval>]>([
    ['another gateway', other({ gatewayId: 'gw-2' })],
    ['another upstream', other({ upstream: 'other' })],
    ['an upstream that was registered anew', other({ upstreamDigest: 'e'.repeat(64) })],
    ['another action', other({ action: 'mcp.tools.delete_issue' })],
    ['a tool whose definition has changed', other({ toolDigest: 'f'.repeat(64) })],
    ['permissions that were changed', other({ policyVersion: 'p-2' })],
    ['a gateway whose token was replaced', { caller: { ...CALLER, credential: 'fedcba9876543210' } }],
    ['somebody else that the agent acts for', { caller: { ...CALLER, principal: '1'.repeat(64) } }],
    ['a call that another rule holds', { rule: 'guardrail amounts' }],
    ['a call that is held for one more reason', { reasons: ['needs a person', 'the tool changed'] }],
    ['a call of which nothing says who makes it', { caller: undefined as never }],
  ])('does not cover %s', async (_, changes) => {
    const { instance } = await world()
    const { grantId } = await granted(instance, { for: '1h' })
    const asked = call('b', changes)
    expect(await instance.service.point.requestApproval(asked)).toMatchObject({ status: 'pending' })
    // Nor where a proxy claims it.
    expect(await instance.service.point.useGrant(useOf(asked, grantId, 'act-2'))).toMatchObject({
      used: changes.caller === undefined && 'caller' in changes,
    })
  })

  test('of a session covers that session alone, and no gateway that knows its id', async () => {
    const { instance } = await world()
    const { grantId } = await granted(instance, { session: true })
    const { point } = instance.service
    const elsewhere = call('b', { caller: { ...CALLER, session: 's-2' } })
    expect(await point.requestApproval(elsewhere)).toMatchObject({ status: 'pending' })
    expect(await point.useGrant(useOf(elsewhere, grantId, 'act-2'))).toMatchObject({ used: false })
    const stolen = call('c', other({ gatewayId: 'gw-2', argsDigest: 'c'.repeat(64) }))
    expect(await point.useGrant(useOf(stolen, grantId, 'act-3'))).toMatchObject({ used: false })
    expect(await point.useGrant(useOf(call('d'), grantId, 'act-4'))).toEqual({ used: true })
  })

  test('of three uses is used three times, however many proxies and instances race for it', async () => {
    const { all, instance } = await world(2)
    const { grantId } = await granted(instance, { uses: 3 })
    const uses = await Promise.all(
      Array.from({ length: 24 }, (_, at) => {
        const { point } = (all[at % 2] as Instance).service
        return point.useGrant(useOf(call('b'), grantId, `act-${at}`))
      }),
    )
    expect(uses.filter(({ used }) => used)).toHaveLength(3)
    for (const { service } of all)
      expect(await service.point.requestApproval(call('e'))).toMatchObject({ status: 'pending' })
  })

  test('is used once by an action that asks twice, and a replay counts what was used', async () => {
    const { instance, log, time } = await world()
    const { grantId } = await granted(instance, { uses: 2 })
    const use = useOf(call('b'), grantId, 'act-2')
    expect(await instance.service.point.useGrant(use)).toEqual({ used: true })
    expect(await instance.service.point.useGrant(use)).toEqual({ used: true })
    await instance.service.stop()
    const { point } = (await startInstance(log, time)).service
    expect(await point.useGrant(use)).toEqual({ used: true })
    expect(await point.useGrant(useOf(call('c'), grantId, 'act-3'))).toEqual({ used: true })
    expect(await point.useGrant(useOf(call('d'), grantId, 'act-4'))).toMatchObject({ used: false })
  })

  test('a person approves this very call: that is used, and not a grant', async () => {
    const { instance } = await world()
    await granted(instance, { uses: 1 })
    expect(await instance.service.point.requestApproval(call('a'))).toMatchObject({
      status: 'approved',
      attached: true,
    })
  })

  test('ends with its approval where a person revokes that, and with the revocation of the grant at once', async () => {
    const { instance, time } = await world()
    const api = await apiOf(instance, time)
    const dana = api.as('approver-dana')
    const first = await granted(instance, { for: '1h' })
    expect(await dana.post(`/v1/approvals/${first.approvalId}/revoke`, { reason: 'wrong' })).toMatchObject({
      status: 200,
      body: { status: 'revoked', grant: { status: 'revoked' }, cancellation: { reason: 'wrong' } },
    })
    expect(await instance.service.point.requestApproval(call('b'))).toMatchObject({ status: 'pending' })
    const { grantId } = await granted(instance, { for: '1h' }, call('c'))
    const path = `/v1/grants/${grantId}/revoke`
    expect(await api.as('analyst-ann').post(path)).toMatchObject({ status: 403 })
    expect(await dana.post(path)).toMatchObject({ status: 200, body: { status: 'revoked' } })
    expect(await dana.post(path)).toMatchObject({ status: 409, body: { code: 'SP_GRANT_ENDED' } })
    expect(await api.as('analyst-ann').get('/v1/grants?status=ended')).toMatchObject({
      body: { items: [{ grantId }, { grantId: first.grantId }] },
    })
  })

  test('that nobody gave because its instance died is given by another, and once', async () => {
    const { instance, log, time } = await world()
    const { approvalId } = await instance.service.point.requestApproval(call('a'))
    const { binding } = request('a')
    const ref = { approvalId, callDigest: callDigest(binding), tenant: 'default' }
    const terms = { session: false, forMs: 60 * MINUTE, uses: null, arguments: null }
    const answer = {
      vote: 'approve',
      actor: { type: 'person', name: 'dana' },
      voter: tokenVoter('dana'),
    } as const
    const lost = { ...answer, reason: null, idempotencyKey: 'k', grant: terms }
    const publisher = createPublisher({ log, producer: 'approvals/dead' })
    await publisher.publish(voteIntent(ref, lost, time.clock()))
    const second = await startInstance(log, time)
    time.advance(3000)
    await vi.waitFor(async () =>
      expect(await second.service.point.requestApproval(call('b'))).toMatchObject({ grant: {} }),
    )
  })
})

const votesOfAnyone = (need: number) => ({
  stages: [{ need, of: [{ kind: 'anyone', name: 'anyone', id: null }] }] as const,
  answerWithinMs: null,
  useWithinMs: null,
  remindAfterMs: null,
  escalateAfterMs: null,
  fallback: [],
})

describe('no grant is given', () => {
  test('where the votes ask for different ones: then the call is approved once', async () => {
    const { instance } = await world()
    const terms = votesOfAnyone(2)
    const { approvalId } = await instance.service.point.requestApproval(call('a', { terms }))
    await approve(instance, approvalId, { for: '1h' })
    const approved = await approve(instance, approvalId, { for: '2h' }, 'omar')
    expect(approved).toMatchObject({ status: 'approved', grantId: null })
    expect(await instance.service.point.requestApproval(call('b', { terms }))).toMatchObject({
      status: 'pending',
    })
  })

  test.each<[string, GrantText, RegExp]>([
    ['for longer than may be', { for: '25h' }, /SP_GRANT_TOO_LONG.*1d allowed/],
    ['for no time', { for: '0m' }, /SP_SPAN_INVALID/],
    ['for no use', { uses: 0 }, /SP_GRANT_INVALID/],
    ['for half a use', { uses: 1.5 }, /SP_GRANT_INVALID/],
  ])('%s', async (_, grant, code) => {
    const { instance } = await world()
    const { approvalId } = await instance.service.point.requestApproval(call('a'))
    expect(await codeOf(approve(instance, approvalId, grant))).toMatch(code)
  })

  test('where the permission says none, or a shorter time; where the call has no session; by a bot', async () => {
    const { instance } = await world()
    const terms = votesOfAnyone(1)
    const { point } = instance.service
    const none = await point.requestApproval(call('a', { terms: { ...terms, grantWithinMs: 0 } }))
    expect(await codeOf(approve(instance, none.approvalId, {}))).toMatch(/SP_GRANT_NOT_POSSIBLE/)
    const short = await point.requestApproval(call('b', { terms: { ...terms, grantWithinMs: 5 * MINUTE } }))
    expect(await codeOf(approve(instance, short.approvalId, { for: '6m' }))).toMatch(/SP_GRANT_TOO_LONG/)
    expect(await approve(instance, short.approvalId, {})).toMatchObject({
      votes: [{ grant: { forMs: 5 * MINUTE } }],
    })
    const alone = await point.requestApproval(
      call('c', { caller: { ...CALLER, session: null }, rule: 'another' }),
    )
    expect(await codeOf(approve(instance, alone.approvalId, { session: true }))).toMatch(/no session/)
    const voter = tokenVoter('ci')
    const bot = {
      approvalId: alone.approvalId,
      vote: 'approve',
      actor: { type: 'bot', name: 'ci' },
      voter,
    } as const
    expect(
      await codeOf(instance.service.answer({ ...bot, reason: null, idempotencyKey: null, grant: {} })),
    ).toMatch(/one call at a time/)
  })
})

describe('a grant with conditions on the arguments', () => {
  const GIVEN = { repo: 'acme/web', title: 'a', token: `ghp_${'a1B2'.repeat(9)}` }
  const WHERE = ['repo="acme/web"', 'title', 'token']

  test('covers the calls that fit, and asks a person about others', async () => {
    const { instance } = await world()
    const { point } = instance.service
    await granted(instance, { where: WHERE }, await sealed(call('a'), GIVEN))
    const told = async (args: string, given: object) => point.requestApproval(await sealed(call(args), given))
    expect(await told('b', { ...GIVEN, title: 'b' })).toMatchObject({ grant: {} })
    expect(await told('c', { ...GIVEN, repo: 'acme/other' })).toMatchObject({ status: 'pending' })
    expect(await told('d', { ...GIVEN, force: true })).toMatchObject({ status: 'pending' })
    // What the agent says of the arguments beside the sealed ones is not looked at, nor is what is sealed for another call.
    const forged = { ...(await sealed(call('e'), { repo: 'evil' })), arguments: GIVEN }
    expect(await point.requestApproval(forged)).toMatchObject({ status: 'pending' })
    const { sealedArguments = '' } = await sealed(call('a'), GIVEN)
    expect(await point.requestApproval({ ...call('f'), sealedArguments })).toMatchObject({
      status: 'pending',
    })
  })

  test.each([
    ['the call that is approved is not one of them', ['repo="acme/web"'], /title too/],
    ['a masked secret is guessed', ['repo', 'title', 'token~"ghp_**"'], /is masked/],
    ['it holds a secret itself', [...WHERE, `x="ghp_${'a1B2'.repeat(9)}"`], /looks like a secret/],
    ['it cannot be read', ['repo=acme'], /not JSON/],
  ])('is refused where %s', async (_, where, why) => {
    const { instance } = await world()
    const { approvalId } = await instance.service.point.requestApproval(await sealed(call('a'), GIVEN))
    expect(await codeOf(approve(instance, approvalId, { where }))).toMatch(why)
  })
})
