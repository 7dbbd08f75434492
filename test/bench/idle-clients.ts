import { Agent, type IncomingMessage, request } from 'node:http'

/**
 * Clients that each open a session and its stream, and then do nothing: `idle-clients.ts URL TOKEN COUNT`. Tells how
 * many are open each time that changes by a hundred, and how many comments have come since, when asked.
 */
const [url = '', token = '', count = '0'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
const AT_ONCE = 64
let opened = 0
let comments = 0

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: { sampling: {}, roots: { listChanged: true } },
    clientInfo: { name: 'idle', version: '1.0.0' },
  },
}

function ask(
  method: 'POST' | 'GET',
  headers: Record<string, string>,
  body?: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      { agent, method, headers: { authorization: `Bearer ${token}`, ...headers } },
      resolve,
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

async function openOne(): Promise<void> {
  const accept = 'application/json, text/event-stream'
  const initialized = await ask(
    'POST',
    { 'content-type': 'application/json', accept },
    JSON.stringify(INITIALIZE),
  )
  const session = initialized.headers['mcp-session-id']
  initialized.resume()
  await new Promise((resolve) => initialized.once('end', resolve))
  if (typeof session !== 'string') throw new Error(`initialize was answered with ${initialized.statusCode}`)
  const stream = await ask('GET', { accept: 'text/event-stream', 'mcp-session-id': session })
  if (stream.statusCode !== 200) throw new Error(`a stream was answered with ${stream.statusCode}`)
  stream.on('data', () => {
    comments += 1
  })
  opened += 1
  if (opened % 100 === 0 || opened === Number(count)) process.send?.({ opened })
}

let started = 0
async function openSeveral(): Promise<void> {
  while (started++ < Number(count)) await openOne()
}

process.on('message', () => process.send?.({ comments }))
process.on('disconnect', () => process.exit(0))
await Promise.all(Array.from({ length: AT_ONCE }, openSeveral))
