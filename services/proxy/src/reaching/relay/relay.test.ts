import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { upstreamDigest } from '@sallyport/control'
import { memoryEventLog } from '@sallyport/event-log'
import { deriveKey, newToken } from '@sallyport/runtime'
import { afterEach, expect, it } from 'vitest'
import { SessionSeal } from '../../connectors/mcp/session/session-seal.ts'
import { FixedControl } from '../../testing/fixed-control.ts'
import { FixedDecision } from '../../testing/fixed-decision.ts'
import { close, listen, startMcpUpstream } from '../../testing/mcp-upstream.ts'
import { GATEWAY, startProxy } from '../../testing/proxy-fixture.ts'
import { RELAYED_HEADER, RelayedIdentities } from './relayed-identity.ts'

const stack: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stack.splice(0).reverse()) await stop()
})

/** Two proxies of one fleet; `sessionAt` makes a session whose state only the proxy at that address has. */
async function fleet() {
  const upstream = await startMcpUpstream()
  stack.push(upstream.stop)
  const secret = randomBytes(32)
  const token = newToken('sp_gw_')
  const control = new FixedControl()
  control.addGateway(GATEWAY, token)
  control.addUpstream('files', upstream.url)
  const start = async (port: number) => {
    const advertise = `http://127.0.0.1:${port}`
    const config = { listen: { address: { host: '127.0.0.1', port }, advertise } }
    const options = { secret, token, control, config, log: memoryEventLog(), decision: new FixedDecision() }
    const proxy = await startProxy(options)
    stack.push(proxy.stop)
    return proxy
  }
  const [one, two] = [await start(await freePort()), await start(await freePort())]
  const seal = new SessionSeal(deriveKey(secret, 'session'))
  const files = control.state().upstreams.get('files')
  if (!files) throw new Error('no upstream')
  const sessionAt = (owner: string | null, initialize: string | null = null) =>
    seal.seal({
      upstreamId: 'child-7',
      gatewayId: `id-of-${GATEWAY}`,
      upstream: 'files',
      upstreamDigest: upstreamDigest(files),
      protocolVersion: '2025-11-25',
      client: null,
      initialize,
      owner,
      endpoint: null,
    })
  const post = (url: string, session: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/mcp/files`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': session,
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
    })
  return { one, two, upstream, secret, token, sessionAt, post }
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  await close(server)
  return port
}

it('a request is handled, decided and recorded by the proxy that has its session', async () => {
  const { one, two, upstream, sessionAt, post } = await fleet()
  await post(one.url, sessionAt(two.url))
  expect((await two.recorded('sallyport.action.decided.v1')).data).toMatchObject({
    action: 'mcp.rpc.ping',
    gateway: { name: GATEWAY },
  })
  expect(await one.actions()).toEqual([])
  expect(upstream.seen.at(-1)?.headers['mcp-session-id']).toBe('child-7')
  expect(upstream.seen.at(-1)?.headers[RELAYED_HEADER]).toBeUndefined()
})

it('a session that any proxy can go on with is not passed on', async () => {
  const { one, two, sessionAt, post } = await fleet()
  for (const owner of [null, one.url]) await post(one.url, sessionAt(owner))
  expect(await two.actions()).toEqual([])
})

it('an owner that is gone is told as such, and recorded', async () => {
  const { one, sessionAt, post } = await fleet()
  const answer = await post(one.url, sessionAt(`http://127.0.0.1:${await freePort()}`))
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ error: { data: { code: 'SP_OWNER_UNREACHABLE' } } })
  expect((await one.recorded('sallyport.action.decided.v1')).data.verdict).toBe('deny')
})

it('a session whose owner is gone is opened again where that is possible', async () => {
  const { one, upstream, sessionAt, post } = await fleet()
  const clientInfo = { name: 'raw', version: '1' }
  const handshake = JSON.stringify({ protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
  const session = sessionAt(`http://127.0.0.1:${await freePort()}`, handshake)
  expect((await post(one.url, session)).status).toBe(200)
  expect([...upstream.sessions.keys()]).toContain(upstream.seen.at(-1)?.headers['mcp-session-id'])
})

it('whoever took over the address of a proxy learns no token', async () => {
  const { one, token, sessionAt, post } = await fleet()
  const seen: IncomingMessage[] = []
  const impostor = createServer((request, response) => {
    seen.push(request)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  const port = await listen(impostor)
  stack.push(() => close(impostor))
  await post(one.url, sessionAt(`http://127.0.0.1:${port}`))
  expect(seen).toHaveLength(1)
  expect(JSON.stringify(seen[0]?.rawHeaders)).not.toContain(token)
})

it('a relayed identity is for one request to one proxy, and cannot be made up', async () => {
  const { one, two, secret, token, sessionAt, post } = await fleet()
  const sealed = (owner: string, path = '/mcp/files') =>
    new RelayedIdentities(deriveKey(secret, 'relay'), () => new Date()).seal({
      owner,
      method: 'POST',
      path,
      headers: { authorization: `Bearer ${token}`, host: '127.0.0.1' },
    })
  const forged = [
    'junk',
    sealed(two.url),
    sealed(one.url, '/mcp/other'),
    new RelayedIdentities(randomBytes(32), () => new Date()).seal({
      owner: one.url,
      method: 'POST',
      path: '/mcp/files',
      headers: {},
    }),
  ]
  for (const header of forged) {
    const answer = await post(one.url, sessionAt(null), { [RELAYED_HEADER]: header })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ code: 'SP_RELAY_FORGED' })
  }
  // A real one is taken, and is not passed on once more.
  const answer = await post(one.url, sessionAt(two.url), { [RELAYED_HEADER]: sealed(one.url) })
  expect(answer.status).not.toBe(403)
  expect(await two.actions()).toEqual([])
})
