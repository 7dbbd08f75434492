import { afterAll, beforeAll, expect, test } from 'vitest'
import { post } from '../../../testing/agent.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { json, type RawExchange, startRawUpstream } from '../../../testing/raw-upstream.ts'
import { statelessRequest } from '../../../testing/stateless-agent.ts'

let upstream: Awaited<ReturnType<typeof startRawUpstream>>
let proxy: ProxyFixture

beforeAll(async () => {
  upstream = await startRawUpstream()
  proxy = await startProxy()
  proxy.control.addUpstream('files', upstream.url)
  proxy.control.addGateway('other', 'sp_gw_other')
  proxy.decision.outcomes.set('mcp.tools.work', 'allow')
})
afterAll(async () => {
  await proxy.stop()
  await upstream.stop()
})

interface Told {
  readonly id: unknown
  readonly result?: Record<string, unknown> & { readonly taskId?: string }
  readonly error?: { readonly code: number }
}

/**
 * Sends a request and has the upstream answer it with this result. Gives the request that reached the upstream and the
 * answer that came back.
 */
async function exchange(request: ReturnType<typeof statelessRequest>, result: object) {
  const answered = post(proxy, request.body, request.headers)
  let seen = await upstream.next()
  // The proxy asks which arguments are mirrored.
  while (seen.request.body.includes('"tools/list"')) {
    answer(seen, { tools: [] })
    seen = await upstream.next()
  }
  answer(seen, result)
  return { seen, told: (await (await answered).json()) as Told }
}

/** A request of a client that declares the tasks extension. */
function declaring(method: string, params: object): ReturnType<typeof statelessRequest> {
  const { body, headers } = statelessRequest(method, params)
  const extensions = { [EXTENSION]: {} }
  const declared = { 'io.modelcontextprotocol/clientCapabilities': { extensions } }
  const _meta = { ...body.params._meta, ...declared }
  return { body: { ...body, params: { ...body.params, _meta } }, headers }
}

function answer({ request, response }: RawExchange, result: object): void {
  const { id } = JSON.parse(request.body)
  json(response, JSON.stringify({ jsonrpc: '2.0', id, result }))
}

const EXTENSION = 'io.modelcontextprotocol/tasks'
const TASK = { resultType: 'task', taskId: 'task-1', status: 'working' }

async function newTask(): Promise<string> {
  const { told } = await exchange(declaring('tools/call', { name: 'work', arguments: {} }), TASK)
  return told.result?.taskId ?? ''
}

test('a client that got a task of the upstream asks about it, under another id', async () => {
  const taskId = await newTask()
  expect(taskId).not.toBe('task-1')

  const { seen, told } = await exchange(declaring('tasks/get', { taskId }), {
    ...TASK,
    resultType: 'complete',
  })
  expect(JSON.parse(seen.request.body).params.taskId).toBe('task-1')
  expect(seen.request.headers['mcp-name']).toBe('task-1')
  expect(told.result).toMatchObject({ taskId, status: 'working' })
})

test.each<[string, (own: string) => { taskId: string; token?: string }]>([
  ['of another gateway', (own) => ({ taskId: own, token: 'sp_gw_other' })],
  ['by the id that the upstream knows', () => ({ taskId: 'task-1' })],
  ['that was made up', (own) => ({ taskId: own.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) })],
])('a task %s is not there', async (_, claim) => {
  const { taskId, token } = claim(await newTask())
  const before = upstream.seen.length
  for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
    const { body, headers } = declaring(method, { taskId })
    const response = await post({ ...proxy, ...(token === undefined ? {} : { token }) }, body, headers)
    expect(await response.json()).toMatchObject({ id: 1, error: { code: -32_602 } })
  }
  expect(upstream.seen.length).toBe(before)
  await proxy.recorded(
    'sallyport.action.decided.v1',
    ({ action, verdict }) => action === 'mcp.rpc.tasks_cancel' && verdict === 'deny',
  )
})

test('who did not declare the extension is told so, whether there is such a task or not', async () => {
  for (const taskId of [await newTask(), 'made up']) {
    const { body, headers } = statelessRequest('tasks/get', { taskId })
    const response = await post(proxy, body, headers)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { code: -32_021, data: { requiredCapabilities: { extensions: { [EXTENSION]: {} } } } },
    })
  }
})

test('a task of 2025-11-25 is bound too, wherever it is named', async () => {
  const ask = (method: string, params: object, result: object) =>
    exchange({ body: { jsonrpc: '2.0', id: 1, method, params: params as never }, headers: {} }, result)
  const related = { 'io.modelcontextprotocol/related-task': { taskId: 'task-1' } }

  const made = await ask(
    'tools/call',
    { name: 'work', arguments: {}, task: { ttl: 1 } },
    { task: { ...TASK } },
  )
  const { taskId } = (made.told.result as { task: { taskId: string } }).task
  expect(taskId).not.toBe('task-1')
  const fetched = await ask('tasks/result', { taskId }, { content: [], _meta: related })
  expect(JSON.parse(fetched.seen.request.body).params.taskId).toBe('task-1')
  expect(JSON.stringify(fetched.told.result)).toBe(
    JSON.stringify({ content: [], _meta: { 'io.modelcontextprotocol/related-task': { taskId } } }),
  )
  const listed = await ask('tasks/list', {}, { tasks: [TASK] })
  expect(listed.told.result).toMatchObject({ tasks: [{ taskId }] })
})

test.each(['tasks/result', 'tasks/list'])('%s is not a method of 2026-07-28', async (method) => {
  const before = upstream.seen.length
  const { body, headers } = declaring(method, { taskId: await newTask() })
  const response = await post(proxy, body, headers)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ id: 1, error: { code: -32_601 } })
  expect(upstream.seen.length).toBe(before + 1)
})

test('what a tool calls a task is its own affair', async () => {
  const result = { resultType: 'complete', content: [], taskId: 'mine', task: { taskId: 'mine' } }
  const { told } = await exchange(statelessRequest('tools/call', { name: 'work', arguments: {} }), result)
  expect(told.result).toEqual(result)
})

test.each([
  ['a number', 7],
  ['a list', ['task-1']],
  ['nothing', null],
  ['an object', { taskId: 'task-1' }],
])('a task is not named by %s', async (_, taskId) => {
  await newTask()
  const before = upstream.seen.length
  for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel']) {
    const response = await post(proxy, { jsonrpc: '2.0', id: 1, method, params: { taskId } })
    expect(await response.json()).toMatchObject({ id: 1, error: { code: -32_602 } })
  }
  for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
    const { body, headers } = declaring(method, { taskId })
    delete headers['mcp-name']
    const response = await post(proxy, body, headers)
    expect(await response.json()).toMatchObject({ id: 1, error: { code: -32_602 } })
  }
  expect(upstream.seen.length).toBe(before)
})

test('a subscription tells of the tasks of its gateway only', async () => {
  const taskId = await newTask()
  const listen = (taskIds: unknown, token = proxy.token) => {
    const { body, headers } = statelessRequest('subscriptions/listen', { notifications: { taskIds } })
    return post({ ...proxy, token }, body, headers)
  }
  const listening = listen([taskId, 'task-2'])
  const { request, response } = await upstream.next()
  expect(JSON.parse(request.body).params.notifications).toEqual({ taskIds: ['task-1'] })
  const method = 'notifications/subscriptions/acknowledged'
  const acknowledged = { jsonrpc: '2.0', method, params: { notifications: { taskIds: ['task-1'] } } }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(`data: ${JSON.stringify(acknowledged)}\n\n`)
  expect(await (await listening).text()).toContain(JSON.stringify({ taskIds: [taskId] }))

  for (const taskIds of [[taskId], ['task-1'], 'task-1', { 0: 'task-1' }]) {
    const other = listen(taskIds, 'sp_gw_other')
    const seen = await upstream.next()
    expect(JSON.parse(seen.request.body).params.notifications).toEqual({ taskIds: [] })
    seen.response.end()
    await other
  }
})
