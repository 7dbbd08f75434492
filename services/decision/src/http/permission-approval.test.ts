import { expect, it } from 'vitest'
import { addGateway, addUpstream, ask, logWithTokens, startInstance } from '../testing/instance.ts'
import { question } from '../testing/question.ts'

const HELD = {
  gateway: 'code-agent',
  connector: 'mcp',
  action: 'mcp.tools.delete_*',
  decision: 'require_approval',
}
const WHOLE = {
  stages: '2 of group:finance then 1 of group:security',
  answerWithin: '15m',
  useWithin: '10m',
  remindAfter: '5m',
  escalateAfter: '10m',
  escalateTo: 'group:managers',
}

async function instance() {
  const started = await startInstance(await logWithTokens())
  const { id } = await addGateway(started)
  await addUpstream(started)
  const set = (approval: unknown, more: object = {}) =>
    ask(started, 'PUT', '/v1/permissions', { ...HELD, ...more, approval })
  return { started, id, set }
}

it('a permission says whose votes it takes, is listed so, and gives the verdict those terms', async () => {
  const { started, id, set } = await instance()
  expect(await set(WHOLE)).toMatchObject({ status: 200, body: { approval: WHOLE } })
  const { body } = await ask(started, 'GET', '/v1/permissions?origin=explicit')
  expect(body.items).toMatchObject([{ decision: 'require_approval', approval: WHOLE }])
  const verdict = await started.service.point.decide(
    question({ gatewayId: id, action: 'mcp.tools.delete_branch' }),
  )
  expect(verdict).toMatchObject({
    outcome: 'hold',
    terms: { stages: [{ need: 2 }, { need: 1 }], answerWithinMs: 900_000, fallback: [{ name: 'managers' }] },
  })
})

it('set again without, it asks for one vote of anyone', async () => {
  const { started, set } = await instance()
  await set(WHOLE)
  await set(null)
  const { body } = await ask(started, 'GET', '/v1/permissions?origin=explicit')
  expect(body.items).toMatchObject([{ approval: null }])
})

it.each([
  [{ answerWithin: '0m' }, 'SP_SPAN_INVALID', /answer within is zero/],
  [{ useWithin: '600' }, 'SP_SPAN_INVALID', /use within is not a time/],
  [{ remindAfter: 'five minutes' }, 'SP_SPAN_INVALID', /remind after is not a time/],
  [{ escalateAfter: '2026-12-01T10:00' }, 'SP_SPAN_INVALID', /escalate after is not a time/],
  [{ remindAfter: '20m' }, 'SP_APPROVAL_TERMS_INVALID', /remind after 20m is not before the end/],
  [{ stages: 'finance' }, 'SP_STAGES_INVALID', /stage 1 is not/],
  [{ stages: '0 of group:finance' }, 'SP_STAGES_INVALID', /needs no vote/],
])('terms with %j are refused by name, and nothing is set', async (change, code, detail) => {
  const { started, set } = await instance()
  const { status, body } = await set({ ...WHOLE, ...change })
  expect(status).toBe(400)
  expect(body).toMatchObject({ code, detail: expect.stringMatching(detail) })
  expect((await ask(started, 'GET', '/v1/permissions?origin=explicit')).body.items).toEqual([])
})

it('terms on a decision that asks nobody are refused', async () => {
  const { set } = await instance()
  expect(await set(WHOLE, { decision: 'allow' })).toMatchObject({
    status: 400,
    body: { code: 'SP_PERMISSION_APPROVAL_UNASKED' },
  })
})

it('a person who was removed is said wherever a permission takes their vote', async () => {
  const { started, set } = await instance()
  for (const name of ['dana', 'lee']) await ask(started, 'POST', '/v1/persons', { name })
  await set({ stages: '1 of person:dana then 1 of person:lee' })
  await ask(started, 'DELETE', '/v1/persons/dana')
  // Somebody else has the name since.
  await ask(started, 'POST', '/v1/persons', { name: 'dana' })
  const { body } = await ask(started, 'GET', '/v1/permissions?origin=explicit')
  expect(body.items).toMatchObject([{ notes: ['person dana was removed, so nobody can vote for that'] }])
})

it('a stage of a person whom nobody knows is refused', async () => {
  const { set } = await instance()
  expect(await set({ stages: '1 of person:nobody' })).toMatchObject({
    status: 404,
    body: { detail: expect.stringContaining('there is no person nobody') },
  })
})

it('a person is bound by the id, and a group of nobody is remarked on', async () => {
  const { started, set } = await instance()
  const dana = await ask(started, 'POST', '/v1/persons', { name: 'dana', groups: ['finance'] })
  const { body } = await set({ stages: '1 of group:finance or group:gone then 1 of person:dana' })
  expect(body).toMatchObject({
    approval: { stages: '1 of group:finance or group:gone then 1 of person:dana' },
    notes: [expect.stringMatching(/^nobody is in group gone/)],
  })
  const [permission] = started.control.state().permissions.values()
  expect(permission?.approval?.stages[1]?.of).toEqual([{ kind: 'person', name: 'dana', id: dana.body.id }])
})
