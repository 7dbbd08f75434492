import type { JsonLimits, JsonObject, JsonValue } from '@sallyport/jsonrpc'
import { newId } from '@sallyport/runtime'
import type { Call } from '../domain/call.ts'
import { ownRequest } from '../domain/own-request.ts'
import { type ToolDefinition, toolDefinition, UNKNOWN_DEFINITION } from '../domain/tool-digest.ts'
import { UpstreamTimeout } from '../domain/upstream-faults.ts'
import type { Credentials } from './credentials.ts'
import { RpcCall } from './rpc-call.ts'
import { partyOf, type Upstreams } from './upstreams.ts'

const MAX_PAGES = 20
const DEADLINE_MS = 2000
/** Asks the upstream, within the caller's session, what the called tool is now. Never rejects. */
export async function readToolDefinition(
  call: Call,
  upstreams: Upstreams,
  credentials: Credentials,
  limits: Required<JsonLimits>,
): Promise<ToolDefinition> {
  if (call.tool === null) return { known: true, digest: null }
  const listed = await listTools(call, upstreams, credentials, limits)
  return listed === undefined ? UNKNOWN_DEFINITION : toolDefinition(call.tool, listed.tools)
}

export interface ListedTools {
  readonly tools: readonly JsonValue[]
  /** How long the upstream says it holds, in milliseconds; the shortest of its pages, null where none says so. */
  readonly ttlMs: number | null
}

/** All pages of what an upstream lists, asked as the caller's session and era want it; undefined for want of an answer. */
export async function listTools(
  call: Call,
  upstreams: Upstreams,
  credentials: Credentials,
  limits: Required<JsonLimits>,
): Promise<ListedTools | undefined> {
  const credential = await credentials.find(call)
  if ('fault' in credential) return undefined
  const deadline = performance.now() + DEADLINE_MS
  const tools: JsonValue[] = []
  let ttlMs: number | null = null
  let params: JsonObject = {}
  try {
    for (let page = 0; page < MAX_PAGES; page++) {
      const result = await askPage(call, upstreams, credential.header, params, deadline, limits)
      if (Array.isArray(result['tools'])) tools.push(...(result['tools'] as JsonValue[]))
      const ttl = result['ttlMs']
      if (typeof ttl === 'number') ttlMs = Math.min(ttl, ttlMs ?? ttl)
      const cursor = result['nextCursor']
      if (typeof cursor !== 'string') return { tools, ttlMs }
      params = { cursor }
    }
  } catch {
    return undefined
  }
  return undefined
}

async function askPage(
  call: Call,
  upstreams: Upstreams,
  credential: string | null,
  params: JsonObject,
  deadline: number,
  limits: Required<JsonLimits>,
) {
  // An id that no client of ours can have taken.
  const id = `sallyport-${newId()}`
  const { headers, body } = ownRequest(call, id, 'tools/list', params, credential)
  const request = new RpcCall(id, limits)
  const timer = setTimeout(
    () => request.giveUp(new UpstreamTimeout()),
    Math.max(0, deadline - performance.now()),
  )
  try {
    upstreams.send(call.upstream, { method: 'POST', headers, body, ...partyOf(call) }, request)
    return await request.result
  } finally {
    clearTimeout(timer)
  }
}
