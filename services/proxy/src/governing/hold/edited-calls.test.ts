import { randomBytes } from 'node:crypto'
import type { Guardrail } from '@sallyport/control'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { post, toolCall } from '../../testing/agent.ts'
import { type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'
import { answerTo, json, resultOf, startRawUpstream } from '../../testing/raw-upstream.ts'

const ACTION = 'mcp.tools.create_issue'
const SECRET = randomBytes(32)
const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`

let proxy: ProxyFixture
let upstream: Awaited<ReturnType<typeof startRawUpstream>>

beforeEach(async () => {
  upstream = await startRawUpstream()
  void answerCalls()
  proxy = await startProxy({ secret: SECRET })
  proxy.control.addUpstream('files', upstream.url)
  proxy.decision.outcomes.set(ACTION, 'hold')
})
afterEach(async () => {
  await proxy.stop()
  await upstream.stop()
})

async function answerCalls(): Promise<void> {
  const { next } = upstream
  for (;;) {
    const { request, response } = await next()
    const { method } = JSON.parse(request.body)
    if (method === 'tools/call') json(response, resultOf(request.body, 'made it'))
    else json(response, answerTo(request, { result: { tools: [TOOL] } }))
  }
}

const TOOL = { name: 'create_issue', inputSchema: { type: 'object' } }

/** The arguments that reached the upstream, as text. */
const carriedOut = () =>
  upstream.seen
    .filter(({ body }) => body.includes('tools/call'))
    .flatMap(({ body }) => /"arguments":(\{[^}]*\})/.exec(body)?.[1] ?? [])

const call = (args: object | string, id = 1) => {
  const body = JSON.stringify(toolCall('create_issue', {}, id))
  const text = typeof args === 'string' ? args : JSON.stringify(args)
  return post(
    proxy,
    body.replace('"arguments":{}', () => `"arguments":${text}`),
  )
}

async function held(args: object | string = { title: 'a' }) {
  const asked = proxy.approvals.next()
  const answer = call(args)
  return { answer, approval: await asked }
}

interface Result {
  readonly isError?: boolean
  readonly content: readonly { readonly text: string }[]
  readonly _meta: {
    readonly 'sallyport/edit'?: object
    readonly 'sallyport/denial'?: { readonly edited: object }
  }
}

async function told(answer: Promise<Response>): Promise<Result> {
  const data = (await (await answer).text()).split('\n').findLast((line) => line.startsWith('data: {'))
  return JSON.parse(data?.slice(6) ?? '{}').result
}

describe('a call that a person has edited', () => {
  test('is carried out once with the arguments that another one approved, and its agent is told', async () => {
    const { answer, approval } = await held({ title: 'a', labels: ['x'] })
    await proxy.approvals.edit(approval.approvalId, 'omar', { title: 'b', labels: [] }, SECRET, 'clearer')
    expect(proxy.approvals.vote(approval.approvalId, 'approve', 'dana')).toMatchObject({ status: 'approved' })

    const { isError, content, _meta } = await told(answer)

    expect(isError).toBeUndefined()
    expect(content.map(({ text }) => text)).toEqual([
      'Sallyport: this is not the answer to the call as you sent it. Its arguments were edited before it was carried out, by omar: /title from "a" to "b"; /labels/0 removed: "x"; /labels added: "[]". omar says: "clearer".',
      'made it',
    ])
    expect(_meta['sallyport/edit']).toMatchObject({
      by: 'omar',
      reason: 'clearer',
      changes: [
        { place: '/title', from: 'a', to: 'b' },
        { place: '/labels/0', from: 'x', to: null },
        { place: '/labels', from: null, to: '[]' },
      ],
    })
    expect(carriedOut()).toEqual(['{"title":"b","labels":[]}'])
  })

  test('is recorded with both: what was sent at first, and what was carried out', async () => {
    const { answer, approval } = await held({ title: 'a' })
    await proxy.approvals.edit(approval.approvalId, 'omar', { title: 'b', password: 'hunter22' }, SECRET)
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    const { content } = await told(answer)

    const decided = (phase: string) =>
      proxy.recorded('sallyport.action.decided.v1', (data) => data.phase === phase && data.action === ACTION)
    const [first, second] = [(await decided('initial')).data, (await decided('resumed')).data]
    expect(first).toMatchObject({ arguments: { title: 'a' } })
    expect(first.editedBy).toBeUndefined()
    expect(second).toMatchObject({
      arguments: { title: 'b', password: '[redacted:key, 8 characters]' },
      editedBy: 'omar',
      reasons: ['approved by dana', 'its arguments were edited by omar', expect.any(String)],
      findings: [{ place: '/password' }],
    })
    expect(second.argsDigest).not.toBe(first.argsDigest)
    expect(content[0]?.text).toContain('/password added: "[redacted:key, 8 characters]"')
    expect(content[0]?.text).not.toContain('hunter22')
  })

  test('keeps numbers as they were written', async () => {
    const { answer, approval } = await held('{"title":"a","n":1234567890123456789}')
    await proxy.approvals.edit(approval.approvalId, 'omar', '{"title":"b","n":1E2,"m":-0}', SECRET)
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    const { content } = await told(answer)
    expect(carriedOut()).toEqual(['{"title":"b","n":1E2,"m":-0}'])
    expect(content[0]?.text).toContain('/n from "1234567890123456789" to "1E2"; /m added: "-0"')
  })

  test('that is made again as it was attaches, and is carried out once', async () => {
    const { answer, approval } = await held()
    await proxy.approvals.edit(approval.approvalId, 'omar', { title: 'b' }, SECRET)
    const attached = proxy.approvals.attached(approval.approvalId)
    const again = call({ title: 'a' }, 2)
    await attached
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    const results = [await told(answer), await told(again)]
    expect(results.filter(({ isError }) => isError !== true)).toHaveLength(1)
    expect(carriedOut()).toEqual(['{"title":"b"}'])
  })

  test('is decided anew: what a rule denies is not carried out, and the agent is told which call that was', async () => {
    proxy.decision.guardrails = [NO_PRODUCTION]
    const { answer, approval } = await held()
    await proxy.approvals.edit(approval.approvalId, 'omar', { title: 'production' }, SECRET)
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    const { isError, content, _meta } = await told(answer)
    expect(isError).toBe(true)
    expect(content[0]?.text).toContain(
      'That is about the call with arguments that were edited by omar: /title from "a" to "production".',
    )
    expect(_meta['sallyport/denial']?.edited).toMatchObject({ by: 'omar' })
    expect(carriedOut()).toEqual([])
    await expect.poll(() => proxy.approvals.all()).toMatchObject([{ status: 'revoked' }])
  })

  test('that would need nobody as it is now is carried out by its approval, once', async () => {
    proxy.decision.outcomes.set(ACTION, 'allow')
    proxy.decision.guardrails = [HOLDS_A]
    const { answer, approval } = await held()
    const attached = proxy.approvals.attached(approval.approvalId)
    const again = call({ title: 'a' }, 2)
    await attached
    await proxy.approvals.edit(approval.approvalId, 'omar', { title: 'b' }, SECRET)
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    await Promise.all([told(answer), told(again)])
    expect(carriedOut()).toEqual(['{"title":"b"}'])
    expect(proxy.approvals.all()).toMatchObject([{ status: 'consumed' }])
  })

  test('is not carried out at all by a proxy that does not know edits', async () => {
    proxy.approvals.olderProxy = true
    const { answer, approval } = await held()
    await proxy.approvals.edit(approval.approvalId, 'omar', { title: 'b' }, SECRET)
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    const { isError, content } = await told(answer)
    expect(isError).toBe(true)
    expect(content[0]?.text).toContain('omar edited the arguments')
    expect(carriedOut()).toEqual([])
  })

  test('is not carried out where its new arguments cannot be opened', async () => {
    const { answer, approval } = await held()
    await proxy.approvals.edit(approval.approvalId, 'omar', { title: 'b' }, randomBytes(32))
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    const { isError, content } = await told(answer)
    expect(isError).toBe(true)
    expect(content[0]?.text).toContain('SP_EDIT_UNUSABLE')
    expect(carriedOut()).toEqual([])
  })

  test('does not leak what was edited in or out to the record', async () => {
    const { answer, approval } = await held({ title: `with ${TOKEN}` })
    await proxy.approvals.edit(approval.approvalId, 'omar', { title: `other ${TOKEN}` }, SECRET)
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    await told(answer)
    const records = JSON.stringify(await proxy.actions())
    expect(records).toContain('editedBy')
    expect(records).not.toContain(TOKEN)
  })
})

test('a call of another method, or with further parameters, cannot be edited', async () => {
  proxy.decision.outcomes.set('mcp.rpc.unknown', 'hold')
  for (const body of [
    { method: 'tools/call', params: { name: 'create_issue', arguments: { title: 'x' }, task: { ttl: 1 } } },
    { method: 'notifications/deploy', params: { text: 'x' } },
  ]) {
    const asked = proxy.approvals.next()
    const answer = post(proxy, { jsonrpc: '2.0', id: 1, ...body })
    const approval = await asked
    expect(approval.editable).toBeUndefined()
    expect(await proxy.approvals.edit(approval.approvalId, 'omar', {}, SECRET)).toMatchObject({
      kind: 'conflict',
    })
    proxy.approvals.vote(approval.approvalId, 'deny', 'dana')
    await (await answer).text()
  }
})

const READS = { readsArgumentsOf: [{ gateway: '*', upstream: 'files', action: ACTION }] }
const NO_PRODUCTION: Guardrail = {
  name: 'no-production',
  ...READS,
  judge: ({ arguments: { text } }) =>
    text?.includes('production') ? { outcome: 'deny', reason: 'it is about production' } : undefined,
}
const HOLDS_A: Guardrail = {
  name: 'holds-a',
  ...READS,
  judge: ({ arguments: { text } }) =>
    text?.includes('"a"') ? { outcome: 'hold', reason: 'it is about a' } : undefined,
}
