import { parseTerms, type TermsText } from '@sallyport/policy'
import { expect, test } from 'vitest'
import { apiOf } from '../testing/api.ts'
import { MINUTE, request, startWorld } from '../testing/instance.ts'

async function held(terms: TermsText) {
  const world = await startWorld()
  const api = await apiOf(world, world.time)
  const asked = { ...request(), terms: parseTerms(terms) }
  const { approvalId: id } = await world.service.point.requestApproval(asked)
  const as = (name: string) => ({
    vote: (vote: 'approve' | 'deny') => api.as(name).post(`/v1/approvals/${id}/${vote}`),
    seen: async () => (await api.as(name).get(`/v1/approvals/${id}`)).body,
  })
  const told = async () => (await world.service.point.getApprovals([id]))[0]
  return { ...world, id, as, told }
}

test('two people approve one after the other; the second vote of one is refused by name, and recorded', async () => {
  const { as, told, log } = await held({ stages: '2 of anyone' })
  expect(await as('approver-dana').vote('approve')).toMatchObject({
    status: 200,
    body: { status: 'pending', stages: [{ have: 1, voters: ['approver-dana'] }] },
  })
  const before = (await log.ends('sallyport.approvals'))[0] ?? 0
  expect(await as('approver-dana').vote('approve')).toMatchObject({
    status: 409,
    body: { code: 'SP_APPROVAL_VOTED_ALREADY', detail: expect.stringContaining('approver-dana at') },
  })
  expect((await log.ends('sallyport.approvals'))[0]).toBe(before + 1)
  expect(await as('approver-omar').vote('approve')).toMatchObject({ body: { status: 'approved' } })
  expect(await told()).toMatchObject({
    status: 'approved',
    approverNames: ['approver-dana', 'approver-omar'],
    approvers: [{ tokenId: 'approver-dana', as: { kind: 'anyone' } }, { tokenId: 'approver-omar' }],
  })
})

test('whoever is in no stage that is open learns why, before they vote and when they do', async () => {
  const { as } = await held({ stages: '1 of role:admin then 1 of anyone' })
  const why = 'not in role:admin'
  expect((await as('approver-dana').seen()).youMay).toEqual({ answer: false, why, deny: true, edit: false })
  expect(await as('approver-dana').vote('approve')).toMatchObject({
    status: 403,
    body: { code: 'SP_APPROVAL_NOT_YOURS', detail: expect.stringContaining(why) },
  })
  expect((await as('admin-root').seen()).youMay).toEqual({ answer: true, why: null, deny: true, edit: false })
  await as('admin-root').vote('approve')
  expect((await as('approver-dana').seen()).youMay).toEqual({
    answer: true,
    why: null,
    deny: true,
    edit: false,
  })
})

test('one approval is told with what is asked, what follows and how such calls were answered', async () => {
  const { as } = await held({ stages: '1 of anyone' })
  const seen = await as('analyst-ann').seen()
  expect(seen.context).toMatchObject({
    sentence: expect.stringContaining(' wants to '),
    next: [expect.stringContaining('goes on once'), expect.any(String), expect.any(String)],
    similar: { approved: 0, denied: 0, last: null },
  })
})

test('a group of nobody is said to people, to proxies and in the health, at once', async () => {
  const { as, told, service } = await held({ stages: '1 of group:gone' })
  const unanswerable = 'stage 1 needs 1 of group:gone, and nobody can vote for it'
  expect((await as('analyst-ann').seen()).unanswerable).toBe(unanswerable)
  expect(await told()).toMatchObject({ unanswerable })
  expect(await service.health['approvals']?.()).toMatchObject({ facts: { unanswerable: 1 } })
})

test('the clocks strike by themselves: a reminder, an escalation, and an end that denies', async () => {
  const terms = { stages: '1 of group:gone', answerWithin: '10m', remindAfter: '2m', escalateAfter: '5m' }
  const { as, time, told, signals } = await held({ ...terms, escalateTo: 'role:admin' })
  const seen = () => as('admin-root').seen()
  expect(await seen()).toMatchObject({ remindedAt: null, unanswerable: null, youMay: { answer: false } })
  time.advance(2 * MINUTE)
  await signals.until(2)
  expect(await seen()).toMatchObject({ remindedAt: '2026-11-21T09:02:00.000Z', escalatedAt: null })
  time.advance(3 * MINUTE)
  await signals.until(3)
  expect(await seen()).toMatchObject({
    escalatedAt: '2026-11-21T09:05:00.000Z',
    fallback: 'role:admin',
    youMay: { answer: true },
  })
  time.advance(5 * MINUTE)
  await signals.until(4)
  expect(await told()).toMatchObject({ status: 'expired', approvers: [] })
})

test('the times of the terms count and not those of the installation', async () => {
  const { as, told } = await held({ stages: '1 of anyone', answerWithin: '2h', useWithin: '1m' })
  expect(await told()).toMatchObject({ expiresAt: '2026-11-21T11:00:00.000Z' })
  await as('approver-dana').vote('approve')
  expect(await told()).toMatchObject({ usableUntil: '2026-11-21T09:01:00.000Z' })
})
