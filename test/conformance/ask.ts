import { type IncomingHttpHeaders, request as send } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** All of it, or what came until it was quiet. */
  readonly body: string
}

export interface Question {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** How long an open stream has nothing to say before its reader leaves. */
const QUIET_MS = 400

/** One HTTP exchange with the headers as given, Host and Origin among them, which `fetch` would not send. */
export function ask(url: string, { method = 'POST', headers = {}, body }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers, agent: false })
    request.on('error', reject)
    request.on('response', (response) => {
      let text = ''
      const give = () => {
        clearTimeout(quiet)
        request.destroy()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      }
      const quiet = setTimeout(give, QUIET_MS)
      response.on('data', (chunk: Buffer) => {
        text += chunk
        quiet.refresh()
      })
      response.on('end', give)
      response.on('error', () => {})
    })
    request.end(body)
  })
}

export const PLAIN = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
} as const

export function rpc(method: string, params?: object, id: unknown = 7): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) })
}

export function initialize(protocolVersion: string): string {
  const clientInfo = { name: 'conformance-exchanges', version: '1.0.0' }
  return rpc('initialize', { protocolVersion, capabilities: {}, clientInfo }, 1)
}

/** Shakes hands; gives the headers of every further request, the session's where the server keeps one. */
export async function join(url: string, protocolVersion = '2025-11-25'): Promise<Record<string, string>> {
  const { headers } = await ask(url, { headers: PLAIN, body: initialize(protocolVersion) })
  const session = headers['mcp-session-id']
  const own = {
    ...PLAIN,
    'mcp-protocol-version': protocolVersion,
    ...(typeof session === 'string' ? { 'mcp-session-id': session } : {}),
  }
  await ask(url, { headers: own, body: '{"jsonrpc":"2.0","method":"notifications/initialized"}' })
  return own
}
