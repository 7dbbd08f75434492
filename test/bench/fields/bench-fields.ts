import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { apiOf } from '../../e2e/support/api.ts'
import { startStandalone } from '../../e2e/support/standalone-composition.ts'
import { markdownTable, ms } from '../table.ts'
import { SHAPES, TEXT_FIELDS } from './agent-fields.ts'
import { FILLINGS, filled } from './fillings.ts'
import { startHostileUpstream } from './hostile-upstream.ts'
import { HTTP_REQUESTS } from './http-fields.ts'
import { killUnderLoad } from './kill-under-load.ts'
import { type LongestTurn, longestTurn } from './longest-turn.ts'
import { STREAMED } from './streamed-fields.ts'
import { ANSWERED_SHAPES, ANSWERED_TEXTS } from './upstream-fields.ts'

const PROBE = new URL('./loop-probe.ts', import.meta.url).href
/** The message may be answered before the last work on it: the record, the search text. */
const SETTLED_MS = 20

/** A turn of so many milliseconds is told at once. */
const TOLD_MS = 40

/** The dearest requests, and how many callers send them while the kill switch is tried. */
const LOAD = ['20,000 keys', '20,000 keys with escapes', '3,000 long keys', '4 MiB of blanks']
const SENDERS = 8

interface Cost extends LongestTurn {
  readonly field: string
  readonly filling: string
}

/** The longest turn of the event loop for the largest message of each kind, the best of so many rounds; dearest first. */
export async function benchFields(rounds: number, matching: RegExp): Promise<string> {
  const socketPath = join(tmpdir(), `sallyport-loop-${process.pid}`)
  const standalone = await startStandalone({
    environment: { NODE_OPTIONS: `--import=${PROBE}`, BENCH_LOOP_SOCKET: socketPath },
  })
  const upstream = await startHostileUpstream()
  const api = apiOf(standalone)
  const pool = new Pool(standalone.proxies[0] ?? '', { connections: 1 })
  try {
    const { token } = await allowed(api)
    const path = `/mcp/${await api.addUpstream(upstream.url)}`
    const bearer = { authorization: `Bearer ${token}` }
    const send = async (request: Parameters<typeof pool.request>[0]) => {
      const response = await pool.request(request)
      for await (const _ of response.body);
    }
    const post = (body: string) =>
      send({
        path,
        method: 'POST',
        headers: {
          ...bearer,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body,
      })
    const costs: Cost[] = []
    const measure = (field: string, filling: string, body: string) =>
      measureAct(field, filling, () => post(body))
    const measureAct = async (field: string, filling: string, act: () => Promise<void>) => {
      let best: LongestTurn = { processor: Number.POSITIVE_INFINITY, wall: Number.POSITIVE_INFINITY }
      for (let round = 0; round < rounds; round += 1) {
        await longestTurn(socketPath)
        await act().catch(() => undefined)
        await delay(SETTLED_MS)
        const turn = await longestTurn(socketPath)
        best = {
          processor: Math.min(best.processor, turn.processor),
          wall: Math.min(best.wall, turn.wall),
        }
      }
      costs.push({ field, filling, ...best })
      if (best.processor > TOLD_MS) console.error(`${field} ${filling}: ${ms(best.processor)} ms`)
    }
    const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_note"}}'
    await post(call)
    for (const { name, length, body } of TEXT_FIELDS.filter((field) => matching.test(field.name)))
      for (const [filling, text] of FILLINGS) await measure(name, filling, body(filled(text, length)))
    for (const [name, body] of [...SHAPES].filter(([shape]) => matching.test(shape)))
      await measure(name, '', body())
    for (const { name, method, length, members } of ANSWERED_TEXTS) {
      if (!matching.test(`answer ${name}`)) continue
      for (const [filling, text] of FILLINGS) {
        // Bytes count here, and units in a request.
        const units = Math.floor((length * filling.length) / Buffer.byteLength(filling))
        upstream.answerWith(
          method,
          members(filled(text, Math.floor(units / (Buffer.byteLength(text) / text.length)))),
        )
        await measure(`answer: ${name}`, filling, ask(method))
      }
    }
    for (const [name, { method, members }] of ANSWERED_SHAPES) {
      if (!matching.test(`answer ${name}`)) continue
      upstream.answerWith(method, members())
      await measure(`answer: ${name}`, '', ask(method))
    }
    for (const [name, frames] of STREAMED) {
      if (!matching.test(`stream ${name}`)) continue
      upstream.streamWith('tools/call', frames())
      await measure(`stream: ${name}`, '', call)
    }
    const httpPath = `/http/${await addApi(api, upstream.url)}`
    for (const { field, filling, connector, method, path: behind, headers, body } of HTTP_REQUESTS) {
      if (!matching.test(field)) continue
      await measureAct(field, filling, () =>
        send({
          path: connector === 'http' ? `${httpPath}${behind}` : path,
          method,
          headers: { ...bearer, ...headers },
          ...(body === '' ? {} : { body }),
        }),
      )
    }
    const killed = await killUnderLoad({
      api,
      origin: standalone.proxies[0] ?? '',
      path,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      call,
      messages: LOAD.flatMap((name) => SHAPES.get(name)?.() ?? []),
      senders: SENDERS,
    })
    return `${tableOf(costs)}\n\n\`kill on\` denies the first call after ${ms(killed)} ms, while ${SENDERS} callers send the dearest requests.`
  } finally {
    await pool.destroy()
    upstream.stop()
    await standalone.stop()
  }
}

/** The same server as an API; returns its name. */
async function addApi({ client }: ReturnType<typeof apiOf>, url: string): Promise<string> {
  const name = 'hostile-api'
  const target = { kind: 'http', url }
  await client.write('POST', '/v1/upstreams', { connector: 'http', name, target, credential: null })
  return name
}

async function allowed(api: ReturnType<typeof apiOf>) {
  const gateway = await api.addGateway()
  for (const action of ['mcp.tools.read_*', 'mcp.tools.list']) await api.permit(gateway.name, action, 'allow')
  for (const action of ['http.get', 'http.post'])
    await api.client.write('PUT', '/v1/permissions', {
      gateway: gateway.name,
      connector: 'http',
      action,
      decision: 'allow',
    })
  return gateway
}

function ask(method: string): string {
  const params =
    method === 'initialize'
      ? { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a', version: '1' } }
      : { name: 'read_note' }
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: method.endsWith('/list') ? {} : params })
}

/** Each field with the filling that cost most. */
function tableOf(costs: readonly Cost[]): string {
  const dearest = new Map<string, Cost>()
  for (const cost of costs) {
    const known = dearest.get(cost.field)
    if (known === undefined || cost.processor > known.processor) dearest.set(cost.field, cost)
  }
  const rows = [...dearest.values()]
    .toSorted((a, b) => b.processor - a.processor)
    .map(({ field, filling, processor, wall }) => [field, filling, ms(processor), ms(wall)])
  return markdownTable(['field', 'filled with', 'processor ms', 'wall ms'], rows)
}
