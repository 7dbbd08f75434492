import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type Api, apiOf } from '../e2e/support/api.ts'
import type { Composition } from '../e2e/support/composition.ts'
import { quantile } from './load.ts'
import { ms } from './table.ts'

/** From the vote's request to the held call's arrival at the upstream, `rounds` times. */
export async function benchVotes(composition: Composition, rounds: number): Promise<string> {
  const arrivals = new Map<number, (at: number) => void>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const message = JSON.parse(Buffer.concat(chunks).toString('utf8'))
      if (message.method === 'tools/call') arrivals.get(message.params.arguments.round)?.(performance.now())
      const result =
        message.method === 'tools/list'
          ? { tools: [{ name: 'create_note', inputSchema: { type: 'object' } }] }
          : { content: [] }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const api = apiOf(composition)
    const upstream = await api.addUpstream(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`)
    const gateway = await api.addGateway()
    await api.permit(gateway.name, 'mcp.tools.create_*', 'require_approval')
    await composition.inForce()
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      times.push(await oneVote(api, `${composition.proxies[0]}/mcp/${upstream}`, gateway, round, arrivals))
    }
    times.sort((a, b) => a - b)
    return `${composition.name}: ${rounds} votes, p50 ${ms(quantile(times, 0.5))} ms, p95 ${ms(quantile(times, 0.95))} ms`
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

async function oneVote(
  api: Api,
  url: string,
  gateway: { readonly name: string; readonly token: string },
  round: number,
  arrivals: Map<number, (at: number) => void>,
): Promise<number> {
  const arrived = new Promise<number>((resolve) => arrivals.set(round, resolve))
  const answered = fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${gateway.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: round,
      method: 'tools/call',
      params: { name: 'create_note', arguments: { round } },
    }),
  }).then((response) => response.text())
  const { approvalId } = await waiting(api, gateway.name)
  const voted = performance.now()
  await api.vote(approvalId, 'approve')
  const at = await arrived
  await answered
  return at - voted
}

/** Asked for and not listened to: a stream begins with all that is pending, which can be very much. */
async function waiting(api: Api, gateway: string): Promise<{ readonly approvalId: string }> {
  for (;;) {
    const { items } = await api.client.get<{ items: { readonly approvalId: string }[] }>('/v1/approvals', {
      gateway,
      limit: 1,
    })
    if (items[0]) return items[0]
    await delay(5)
  }
}
