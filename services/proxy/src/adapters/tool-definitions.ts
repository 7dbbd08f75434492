import type { JsonValue } from '@sallyport/jsonrpc'
import { type Environment, newId } from '@sallyport/runtime'
import type { Call } from '../domain/call.ts'
import { type ToolDefinition, toolDefinition, UNKNOWN_DEFINITION } from '../domain/tool-digest.ts'
import { UpstreamTimeout } from '../domain/upstream-faults.ts'
import { upstreamHeaders } from '../domain/upstream-headers.ts'
import { credentialOf } from './credentials.ts'
import { RpcCall } from './rpc-call.ts'
import type { Upstreams } from './upstreams.ts'

const MAX_PAGES = 20
const DEADLINE_MS = 2000
const PASSED = {
  accept: 'application/json, text/event-stream',
  lastEventId: undefined,
  traceparent: undefined,
}

/** Asks the upstream, within the caller's session, what the called tool is now. Never rejects. */
export async function readToolDefinition(
  call: Call,
  upstreams: Upstreams,
  environment: Environment,
  maxBytes: number,
): Promise<ToolDefinition> {
  if (call.tool === null) return { known: true, digest: null }
  const credential = credentialOf(call.upstream, environment)
  if ('missing' in credential) return UNKNOWN_DEFINITION
  const passed = { ...PASSED, protocolVersion: call.protocolVersion }
  const headers = upstreamHeaders(call, passed, credential.header)
  const deadline = performance.now() + DEADLINE_MS
  const listed: JsonValue[] = []
  let cursor: string | undefined
  try {
    for (let page = 0; page < MAX_PAGES; page++) {
      const result = await askPage(call, upstreams, headers, cursor, deadline, maxBytes)
      if (Array.isArray(result['tools'])) listed.push(...(result['tools'] as JsonValue[]))
      const next = result['nextCursor']
      if (typeof next !== 'string') return toolDefinition(call.tool, listed)
      cursor = next
    }
  } catch {
    return UNKNOWN_DEFINITION
  }
  return UNKNOWN_DEFINITION
}

async function askPage(
  call: Call,
  upstreams: Upstreams,
  headers: readonly string[],
  cursor: string | undefined,
  deadline: number,
  maxBytes: number,
) {
  // An id that no client of ours can have taken.
  const id = `sallyport-${newId()}`
  const params = cursor === undefined ? {} : { cursor }
  const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/list', params })
  const request = new RpcCall(id, maxBytes)
  const timer = setTimeout(
    () => request.giveUp(new UpstreamTimeout()),
    Math.max(0, deadline - performance.now()),
  )
  try {
    upstreams.send(call.upstream, { method: 'POST', headers: [...headers], body }, request)
    return await request.result
  } finally {
    clearTimeout(timer)
  }
}
