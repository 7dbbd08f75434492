import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAskingUpstream } from '../../../testing/asking-upstream.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'

let upstream: Awaited<ReturnType<typeof startAskingUpstream>>
let proxy: ProxyFixture
const clients: Client[] = []

beforeEach(async () => {
  upstream = await startAskingUpstream()
  proxy = await startProxy()
  proxy.control.addUpstream('files', upstream.url)
  for (const tool of ['ask_model', 'ask_person', 'ask_roots', 'hang_up'])
    proxy.decision.outcomes.set(`mcp.tools.${tool}`, 'allow')
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await proxy.stop()
  await upstream.stop()
})

/** A client that answers everything with its name. */
async function connect(name: string): Promise<Client> {
  const capabilities = { sampling: {}, elicitation: {}, roots: {} }
  const client = new Client({ name, version: '1.0.0' }, { capabilities })
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    role: 'assistant',
    model: 'none',
    content: { type: 'text', text: `I am ${name}` },
  }))
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name } }))
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: `file:///${name}` }] }))
  const requestInit = { headers: { authorization: `Bearer ${proxy.token}` } }
  const transport = new StreamableHTTPClientTransport(new URL(`${proxy.url}/mcp/files`), { requestInit })
  await client.connect(transport as Parameters<Client['connect']>[0])
  clients.push(client)
  return client
}

test('a question of a server is answered by the client that it is for and reaches no other', async () => {
  const names = ['anna', 'ben', 'cleo', 'dora']
  const all = await Promise.all(names.map(connect))
  const tools = ['ask_model', 'ask_person', 'ask_roots']
  const asked = await Promise.all(all.flatMap((client) => tools.map((name) => client.callTool({ name }))))
  for (const [index, { content }] of asked.entries()) {
    const name = names[Math.floor(index / tools.length)]
    expect(JSON.stringify(content)).toContain(name)
  }
})

test('the answers of a client are recorded as arguments are', async () => {
  const client = await connect('anna')
  for (const name of ['ask_model', 'ask_person', 'ask_roots']) await client.callTool({ name })
  const answers = (await proxy.actions()).flatMap(({ type, data }) =>
    type === 'sallyport.action.decided.v1' && data.action === 'mcp.rpc.response' ? [data] : [],
  )
  expect(answers.map((data) => data.arguments)).toEqual([
    { role: 'assistant', model: 'none', content: { type: 'text', text: 'I am anna' } },
    { action: 'accept', content: { name: 'anna' } },
    { roots: [{ uri: 'file:///anna' }] },
  ])
  for (const { argsDigest } of answers) expect(argsDigest).toMatch(/^[0-9a-f]{64}$/)
})

test('a client whose stream the server closed goes on after its last event and gets the answer of its call', async () => {
  const client = await connect('anna')
  const { content } = await client.callTool({ name: 'hang_up' })
  expect(content).toEqual([{ type: 'text', text: '"after"' }])
  // The server sees its own ids again, and not those that the client was told.
  expect(upstream.resumed.at(-1)).toMatch(/^\d+$/)
})
