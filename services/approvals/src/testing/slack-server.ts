import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SlackPost {
  readonly ts: string
  readonly channel: string
  readonly text: string
  readonly blocks: readonly { readonly type: string }[]
  readonly metadata?: unknown
  readonly thread_ts?: string
}

interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body: Record<string, unknown>
}

export const SIGNING_SECRET = '8f742231b10e8888abcd99yyyzzz85a5'
export const BOT_TOKEN = 'xoxb-made-up'

/** Answers as the Web API of Slack documents it, and signs what people click. */
export async function startSlackServer() {
  const messages = new Map<string, SlackPost>()
  const calls: { readonly method: string; readonly body: Record<string, unknown> }[] = []
  const next: Answer[] = []
  let clock = Math.floor(Date.UTC(2026, 10, 21, 9) / 1000)

  const answerTo = (method: string, body: Record<string, unknown>, token: string | undefined): Answer => {
    if (token !== `Bearer ${BOT_TOKEN}`) return { body: { ok: false, error: 'invalid_auth' } }
    const planned = next.shift()
    if (planned) return planned
    const channel = String(body['channel'])
    switch (method) {
      case 'chat.postMessage': {
        clock += 1
        const ts = `${clock}.000100`
        messages.set(ts, { ...(body as unknown as SlackPost), ts, channel })
        return { body: { ok: true, channel, ts } }
      }
      case 'chat.update': {
        const before = messages.get(String(body['ts']))
        if (!before || before.channel !== channel) return { body: { ok: false, error: 'message_not_found' } }
        messages.set(before.ts, { ...before, ...(body as unknown as SlackPost) })
        return { body: { ok: true, channel, ts: before.ts } }
      }
      case 'conversations.history': {
        const all = [...messages.values()].filter((one) => one.channel === channel && !one.thread_ts)
        return { body: { ok: true, messages: all.reverse() } }
      }
      case 'chat.postEphemeral':
      case 'views.open':
        return { body: { ok: true } }
      default:
        return { body: { ok: false, error: 'unknown_method' } }
    }
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://slack')
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const body = request.method === 'GET' ? Object.fromEntries(url.searchParams) : JSON.parse(text)
    const method = url.pathname.replace('/api/', '')
    calls.push({ method, body })
    const { status = 200, headers = {}, body: said } = answerTo(method, body, request.headers.authorization)
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    response.end(JSON.stringify(said))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}/api/`,
    calls,
    callsOf: (method: string) => calls.filter((call) => call.method === method).map(({ body }) => body),
    /** In the order in which they were posted. */
    messages: () => [...messages.values()],
    deleteMessage: (ts: string) => messages.delete(ts),
    /** The next calls are answered so. */
    answerNext: (...answers: Answer[]) => next.push(...answers),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The request that Slack makes of a payload. */
export function signedBySlack(payload: object, at: Date, secret = SIGNING_SECRET) {
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
  return {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    },
  }
}

export function click(name: 'approve' | 'deny', approvalId: string, user: string) {
  return {
    type: 'block_actions',
    trigger_id: randomUUID(),
    user: { id: user },
    channel: { id: 'C0ALL' },
    actions: [{ action_id: name, value: approvalId }],
  }
}

export function denial(approvalId: string, user: string, reason: string) {
  return {
    type: 'view_submission',
    user: { id: user },
    view: {
      callback_id: 'deny',
      private_metadata: approvalId,
      state: { values: { reason: { reason: { value: reason } } } },
    },
  }
}
