import {
  Client as StatelessClient,
  StreamableHTTPClientTransport as StatelessTransport,
} from '@modelcontextprotocol/client'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { HeldClient, Outcome, Target } from './held-client.ts'
import { callAsTask } from './task-client.ts'

interface Result {
  readonly content?: unknown
}

const STATELESS = { mode: { pin: '2026-07-28' } } as const
const note = (text: string) => ({ name: 'note', arguments: { text } })

export const CLIENTS: readonly HeldClient[] = [
  { rung: '1 task', client: 'ext-tasks 0.2, SDK v2', call: callAsTask },
  { rung: '2 URL elicitation, rounds', client: 'SDK v2', call: (target) => stateless(target, true) },
  { rung: '3 rounds', client: 'SDK v2', call: (target) => stateless(target, false) },
  { rung: '4 stream, then 5', client: 'SDK v1, 60 s', call: (target) => legacy(target, 'some-agent') },
  { rung: '4 stream, then 5', client: 'SDK v2 on a handshake, 60 s', call: statelessOnHandshake },
  {
    rung: '4 stream',
    client: 'SDK v1 as claude-code, progress resets 60 s',
    call: (target) =>
      legacy(target, 'claude-code', { onprogress: () => {}, resetTimeoutOnProgress: true, timeout: 60_000 }),
  },
  {
    rung: '4 stream',
    client: 'SDK v1 as Visual Studio Code, 5 min',
    call: (target) => legacy(target, 'Visual Studio Code', { timeout: 300_000 }),
  },
  { rung: '5 pending', client: 'JSON only', call: jsonOnly },
]

function headers(token: string) {
  return { requestInit: { headers: { authorization: `Bearer ${token}` } } }
}

async function stateless({ url, token, text }: Target, showsUrl: boolean): Promise<Outcome> {
  const capabilities = showsUrl ? { elicitation: { url: {} } } : {}
  const client = new StatelessClient(
    { name: 'holds', version: '1' },
    { capabilities, versionNegotiation: STATELESS },
  )
  if (showsUrl) client.setRequestHandler('elicitation/create', async () => ({ action: 'accept' as const }))
  await client.connect(new StatelessTransport(new URL(url), headers(token)))
  const outcome = await untilCarriedOut(() => client.callTool(note(text)))
  await client.close()
  return outcome
}

async function statelessOnHandshake({ url, token, text }: Target): Promise<Outcome> {
  const client = new StatelessClient(
    { name: 'holds', version: '1' },
    { versionNegotiation: { mode: 'legacy' } },
  )
  await client.connect(new StatelessTransport(new URL(url), headers(token)))
  const outcome = await untilCarriedOut(() => client.callTool(note(text)))
  await client.close()
  return outcome
}

async function legacy(
  { url, token, text }: Target,
  name: string,
  options?: Parameters<Client['callTool']>[2],
): Promise<Outcome> {
  const client = new Client({ name, version: '1' })
  await client.connect(new StreamableHTTPClientTransport(new URL(url), headers(token)) as Transport)
  const outcome = await untilCarriedOut(
    async () => (await client.callTool(note(text), undefined, options)) as Result,
  )
  await client.close()
  return outcome
}

/** A client of 2025-06-18 that speaks HTTP itself, and says that it takes JSON and no stream. */
async function jsonOnly({ url, token, text }: Target): Promise<Outcome> {
  return untilCarriedOut(async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json',
        'mcp-protocol-version': '2025-06-18',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: note(text) }),
    })
    const body = await response.text()
    const message = body.startsWith('{') ? body : (/^data: (.*)$/m.exec(body)?.[1] ?? '{}')
    return (JSON.parse(message) as { result: Result }).result
  })
}

async function untilCarriedOut(call: () => Promise<Result>): Promise<Outcome> {
  for (let calls = 1; ; calls++) {
    const text = JSON.stringify((await call()).content)
    if (!text.includes('again with the same arguments')) return { text, calls }
  }
}
