import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type ChdbSessions, EngineBusy, type Statement } from './chdb-sessions.ts'

/** Meant for ClickHouse's HTTP layer and unknown to the embedded engine. */
const HTTP_ONLY = new Set([
  'wait_end_of_query',
  'enable_http_compression',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
])
const ADDRESS = new Set(['query', 'query_id', 'database', 'default_format'])
const MAX_BODY = 64 * 1024 * 1024
/** Parameters and settings travel in the address. */
const MAX_ADDRESS = 1024 * 1024
const TOO_MANY_SIMULTANEOUS_QUERIES = 202

/** The part of ClickHouse's HTTP interface that the official client uses, over sessions of the embedded engine. */
export function chdbHttpServer(sessions: ChdbSessions): Server {
  return createServer({ maxHeaderSize: MAX_ADDRESS, requestTimeout: 0 }, (request, response) => {
    answer(sessions, request, response).catch((reason: unknown) => fail(response, reason))
  })
}

async function answer(sessions: ChdbSessions, request: IncomingMessage, response: ServerResponse) {
  const address = new URL(request.url ?? '/', 'http://embedded')
  if (address.pathname === '/ping') {
    response.end('Ok.\n')
    return
  }
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const statement = statementOf(address.searchParams, await bodyOf(request))
  const result = await sessions.run(statement, gone.signal)
  response.setHeader('X-ClickHouse-Query-Id', address.searchParams.get('query_id') ?? randomUUID())
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(result.summary))
  response.end(result.bytes)
}

/** With a `query` in the address the body is its data, otherwise the body is the query. */
function statementOf(search: URLSearchParams, body: Buffer): Statement {
  const parameters: Record<string, string> = {}
  const settings: Record<string, string> = {}
  for (const [name, value] of search) {
    if (name.startsWith('param_')) parameters[name.slice('param_'.length)] = value
    else if (!ADDRESS.has(name) && !HTTP_ONLY.has(name)) settings[name] = value
  }
  const query = search.get('query')
  if (query === null) return { query: body.toString('utf8'), data: null, parameters, settings }
  return { query, data: body.length > 0 ? body : null, parameters, settings }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY)
      throw new Error(`Code: 241. DB::Exception: more than ${MAX_BODY} bytes. (MEMORY_LIMIT)`)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

function fail(response: ServerResponse, reason: unknown): void {
  const text =
    reason instanceof EngineBusy
      ? `Code: ${TOO_MANY_SIMULTANEOUS_QUERIES}. DB::Exception: ${reason.message}. (TOO_MANY_SIMULTANEOUS_QUERIES)`
      : String(reason instanceof Error ? reason.message : reason)
  const code = /^Code: (\d+)\./.exec(text)?.[1]
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (code) response.setHeader('X-ClickHouse-Exception-Code', code)
  response.writeHead(reason instanceof EngineBusy ? 503 : 500, {
    'content-type': 'text/plain; charset=utf-8',
  })
  response.end(text)
}
