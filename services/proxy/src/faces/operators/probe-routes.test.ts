import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { ApiToken, ControlView } from '@sallyport/control'
import { createApiServer } from '@sallyport/http-api'
import { silentLogger } from '@sallyport/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { close, listen, startMcpUpstream } from '../../testing/mcp-upstream.ts'
import { startProxy } from '../../testing/proxy-fixture.ts'
import { startStatelessUpstream } from '../../testing/stateless-upstream.ts'

const STDIO_SERVER = fileURLToPath(new URL('../../testing/stdio-server.ts', import.meta.url))
const REFUSING = 'http://127.0.0.1:1/mcp'

/** A proxy and the API that its operators use. The scope of a token is its text. */
async function startOperated() {
  const proxy = await startProxy({
    config: { stdio: { run: 'on' } },
    environment: { PATH: process.env['PATH'] ?? '' },
  })
  const control: Pick<ControlView, 'authenticateApi' | 'fault' | 'onChange' | 'state'> = {
    fault: () => undefined,
    onChange: () => () => {},
    state: () => proxy.control.state(),
    authenticateApi: (token) =>
      ({ id: token, name: token, scope: token, holder: null, revokedAt: null }) as ApiToken,
  }
  const api = await createApiServer({
    title: 'proxy',
    version: '1',
    control: control as ControlView,
    plugins: [proxy.service.routes],
    health: {},
    clock: () => new Date(),
    logger: silentLogger,
  })
  onTestFinished(async () => {
    await api.close()
    await proxy.stop()
  })
  return {
    proxy,
    async probe(name: string, token = 'admin') {
      const headers = { authorization: `Bearer ${token}` }
      const answer = await api.inject({ method: 'POST', url: `/v1/probes/${name}`, headers })
      return { status: answer.statusCode, body: answer.json() }
    },
  }
}

/** A server that answers every request with this status and nothing else. */
async function startAnswering(status: number, headers: Record<string, string> = {}) {
  const server = createServer((request, response) => {
    request.resume()
    const fits = headers['content-type'] === undefined || request.method === 'GET'
    response.writeHead(fits ? status : 405, headers).flushHeaders()
    if (!fits || headers['content-type'] === undefined) response.end()
  })
  const port = await listen(server)
  onTestFinished(() => close(server))
  return `http://127.0.0.1:${port}/`
}

test('a server says who it is and what it offers, in a session that ends with the probe', async () => {
  const { proxy, probe } = await startOperated()
  const upstream = await startMcpUpstream()
  onTestFinished(upstream.stop)
  proxy.control.addUpstream('tracker', upstream.url)
  const { status, body } = await probe('tracker')
  expect(status).toBe(200)
  expect(body).toEqual({
    upstream: 'tracker',
    answers: true,
    summary: 'answers as upstream 1.0.0, MCP 2025-11-25: 3 tools',
    code: null,
    server: { name: 'upstream', version: '1.0.0' },
    protocolVersion: '2025-11-25',
    offers: [{ kind: 'tool', count: 3 }],
    standardError: [],
    status: null,
  })
  expect(upstream.seen.at(-1)?.method).toBe('DELETE')
  expect(upstream.calls).toEqual([])
  expect(await proxy.actions()).toEqual([])
})

test('the catalog takes note of what a probe lists, so that it is known before an agent comes', async () => {
  const { proxy, probe } = await startOperated()
  const upstream = await startMcpUpstream()
  onTestFinished(upstream.stop)
  proxy.control.addUpstream('tracker', upstream.url)
  await probe('tracker')
  await expect
    .poll(proxy.commands)
    .toMatchObject([
      { type: 'sallyport.catalog.observed.v1', subject: 'tracker', data: { kind: 'tool', whole: true } },
    ])
})

test('a server that knows no handshake is asked without one', async () => {
  const { proxy, probe } = await startOperated()
  const upstream = await startStatelessUpstream()
  onTestFinished(upstream.stop)
  proxy.control.addUpstream('modern', upstream.url)
  const { body } = await probe('modern')
  expect(body).toMatchObject({ answers: true, protocolVersion: '2026-07-28' })
  expect(body.summary).toMatch(/^answers.*, MCP 2026-07-28: \d+ tools/)
})

test('a command is started and ends with the probe', async () => {
  const { proxy, probe } = await startOperated()
  const command = [process.execPath, STDIO_SERVER]
  proxy.control.addUpstream('files', { kind: 'stdio', command, env: [], cwd: null })
  expect((await probe('files')).body).toMatchObject({ answers: true, code: null })
  const children = async () => (await fetch(`${proxy.url}/metrics`)).text()
  await expect.poll(children).toContain('sallyport_proxy_children 0')
})

test('the port of agents has nothing of it', async () => {
  const { proxy } = await startOperated()
  const headers = { authorization: 'Bearer admin' }
  expect((await fetch(`${proxy.url}/v1/probes/x`, { method: 'POST', headers })).status).toBe(404)
})

test('a server of HTTP+SSE is known by the stream that it opens', async () => {
  const { proxy, probe } = await startOperated()
  proxy.control.addUpstream('old', await startAnswering(200, { 'content-type': 'text/event-stream' }))
  expect((await probe('old')).body).toMatchObject({ answers: true, protocolVersion: '2024-11-05' })
})

test.each([
  ['nothing listens', 'gone', REFUSING, 'SP_UPSTREAM_UNREACHABLE', /ECONNREFUSED/],
  ['something else is at the address', 'other', null, 'SP_UPSTREAM_STATUS', /status 404/],
])('where %s, the probe says why and is no error', async (_, name, url, code, reason) => {
  const { proxy, probe } = await startOperated()
  proxy.control.addUpstream(name, url ?? (await startAnswering(404)))
  const { status, body } = await probe(name)
  expect(status).toBe(200)
  expect(body).toMatchObject({ answers: false, code })
  expect(body.summary).toMatch(reason)
})

test('a command that cannot be run is told', async () => {
  const { proxy, probe } = await startOperated()
  proxy.control.addUpstream('absent', { kind: 'stdio', command: ['no-such-command'], env: [], cwd: null })
  expect((await probe('absent')).body).toMatchObject({ answers: false, code: expect.stringMatching(/^SP_/) })
})

test.each([1, 7])('a command that ends at once is told with its code %i and its last words', async (code) => {
  const { proxy, probe } = await startOperated()
  const program = `console.error('cannot open /srv/\\u001b[31m'); console.error('no such folder'); process.exitCode = ${code}`
  const command = [process.execPath, '-e', program]
  proxy.control.addUpstream('files', { kind: 'stdio', command, env: [], cwd: null })
  expect((await probe('files')).body).toMatchObject({
    answers: false,
    code: 'SP_UPSTREAM_EXITED',
    summary: `does not answer: the upstream is gone: it ended with code ${code}`,
    standardError: ['cannot open /srv/\\u001b[31m', 'no such folder'],
  })
})

test('a credential that the proxy does not have is told before anything is asked', async () => {
  const { proxy, probe } = await startOperated()
  const upstream = await startMcpUpstream()
  onTestFinished(upstream.stop)
  proxy.control.addUpstream('tracker', upstream.url, { kind: 'env', variable: 'NOT_SET' })
  const { body } = await probe('tracker')
  expect(body).toMatchObject({ answers: false, code: 'SP_CREDENTIAL_MISSING' })
  expect(upstream.seen).toEqual([])
})

test.each([
  [401, /HTTP 401, so it wants a credential/],
  [200, /HTTP 200$/],
])('an API over HTTP is told by the status of its address: %i', async (status, summary) => {
  const { proxy, probe } = await startOperated()
  proxy.control.addUpstream('api', await startAnswering(status), null, 'http')
  const { body } = await probe('api')
  expect(body).toMatchObject({ answers: true, status })
  expect(body.summary).toMatch(summary)
})

test('a server beside its agent is not asked', async () => {
  const { proxy, probe } = await startOperated()
  proxy.control.addUpstream('attached', { kind: 'attached', command: ['server'] })
  expect((await probe('attached')).body).toMatchObject({ answers: false, code: null })
})

test('only an admin may ask, and only about what is registered', async () => {
  const { probe } = await startOperated()
  expect((await probe('nothing', 'approver')).status).toBe(403)
  expect(await probe('nothing')).toMatchObject({ status: 404, body: { code: 'SP_UPSTREAM_NOT_REGISTERED' } })
})
