import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { ModelProtocol, Script, Seen } from './script.ts'

export interface ScriptedModel {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** What it was shown with the last request for a step that listed tools. */
  lastSeen(): Seen
  stop(): Promise<void>
}

/** A model on loopback that does what the script says, for a host that speaks `protocol`. */
export async function startScriptedModel(protocol: ModelProtocol, script: Script): Promise<ScriptedModel> {
  let last: Seen = { tools: [], results: [] }
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const body = await bodyOf(request)
    if (request.method !== 'POST' || !protocol.isTurn(path)) return answerJson(response, {})
    const seen = protocol.seenIn(body)
    if (seen.tools.length > 0) last = seen
    // Hosts also ask for titles and summaries, without tools.
    const step = seen.tools.length > 0 ? await script(seen) : { say: 'a conversation' }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const { event, data } of protocol.events(step)) {
      response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`)
    }
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lastSeen: () => last,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  try {
    return await json(request)
  } catch {
    return {}
  }
}

function answerJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
