import type { JsonLimits, JsonObject } from '@sallyport/jsonrpc'
import { newId } from '@sallyport/runtime'
import { UpstreamSessionLost, UpstreamTimeout } from '../../../domain/upstream-faults.ts'
import type { Credentials } from '../../../reaching/credentials/credentials.ts'
import type { Upstreams } from '../../../reaching/upstreams.ts'
import { ownRequest } from '../forwarding/own-request.ts'
import { partyOf } from '../forwarding/party-of.ts'
import { RpcCall, type RpcResult } from '../forwarding/rpc-call.ts'
import { OwnSseCall } from '../legacy-sse/own-sse-call.ts'
import type { SseStreams } from '../legacy-sse/sse-streams.ts'
import type { McpCall } from '../message/call.ts'
import type { Session } from '../session/session.ts'
import { elementsOf, type ListElement } from './listed-entries.ts'
import type { Offer } from './offers.ts'

const MAX_PAGES = 20
const DEADLINE_MS = 2000

export interface Listing {
  readonly elements: readonly ListElement[]
  /** How long the upstream says it holds, in milliseconds; the shortest of its pages, null where none says so. */
  readonly ttlMs: number | null
}

export interface ListingsOptions {
  readonly upstreams: Upstreams
  readonly credentials: Credentials
  readonly sseStreams: SseStreams
  readonly limits: Required<JsonLimits>
  /** A new session in place of one that the upstream has lost. */
  readonly heal?: (call: McpCall) => Promise<Session | undefined>
}

/**
 * All pages of a list of the upstream's, asked for in the caller's session and era. Undefined when the upstream gives
 * no answer. Never rejects.
 */
export async function readListing(
  options: ListingsOptions,
  call: McpCall,
  offer: Offer,
): Promise<Listing | undefined> {
  const credential = await options.credentials.find(call)
  if ('fault' in credential) return undefined
  const deadline = performance.now() + DEADLINE_MS
  const elements: ListElement[] = []
  let ttlMs: number | null = null
  let params: JsonObject = {}
  try {
    for (let page = 0; page < MAX_PAGES; page++) {
      const ask = (id: string) => ownRequest(call, id, offer.method, params, credential.header)
      const { value, canonical } = await askPage(options, call, ask, deadline)
      elements.push(...(elementsOf(offer, value, canonical) ?? []))
      const { ttlMs: ttl, nextCursor: cursor } = value
      if (typeof ttl === 'number') ttlMs = Math.min(ttl, ttlMs ?? ttl)
      if (typeof cursor !== 'string') return { elements, ttlMs }
      params = { cursor }
    }
  } catch (cause) {
    return cause instanceof UpstreamSessionLost ? readAgain(options, call, offer) : undefined
  }
  return undefined
}

async function readAgain(
  { heal, ...options }: ListingsOptions,
  call: McpCall,
  offer: Offer,
): Promise<Listing | undefined> {
  const session = await heal?.(call)
  return session && readListing(options, { ...call, session }, offer)
}

async function askPage(
  { upstreams, sseStreams, limits }: ListingsOptions,
  call: McpCall,
  ask: (id: string) => ReturnType<typeof ownRequest>,
  deadline: number,
): Promise<RpcResult> {
  // An id that no client of ours can have taken.
  const id = `sallyport-${newId()}`
  const { headers, body } = ask(id)
  const { session } = call
  const stream = sseStreams.get(session?.upstreamId ?? '')
  const request = stream === undefined ? new RpcCall(id, call, limits) : new OwnSseCall(id, stream)
  const address = session?.endpoint == null ? {} : { url: session.endpoint }
  const timer = setTimeout(
    () => request.giveUp(new UpstreamTimeout()),
    Math.max(0, deadline - performance.now()),
  )
  try {
    upstreams.send(call.upstream, { method: 'POST', headers, body, ...partyOf(call), ...address }, request)
    return await request.result
  } finally {
    clearTimeout(timer)
  }
}
