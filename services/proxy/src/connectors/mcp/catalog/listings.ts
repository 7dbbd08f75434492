import type { JsonLimits, JsonObject } from '@sallyport/jsonrpc'
import { newId, SallyportError } from '@sallyport/runtime'
import {
  UpstreamAnswerInvalid,
  UpstreamSessionLost,
  UpstreamTimeout,
} from '../../../domain/upstream-faults.ts'
import type { Credentials } from '../../../reaching/credentials/credentials.ts'
import { inTurns } from '../../../reaching/in-turns.ts'
import type { Upstreams } from '../../../reaching/upstreams.ts'
import { ownRequest } from '../forwarding/own-request.ts'
import { partyOf } from '../forwarding/party-of.ts'
import { RpcCall, type RpcResult } from '../forwarding/rpc-call.ts'
import { OwnSseCall } from '../legacy-sse/own-sse-call.ts'
import type { SseStreams } from '../legacy-sse/sse-streams.ts'
import type { McpCall } from '../message/call.ts'
import type { Session } from '../session/session.ts'
import { endsList } from './ends-list.ts'
import { elementsOf, type ListElement, type ListedElements, type RefusedElement } from './listed-entries.ts'
import type { Offer } from './offers.ts'

const MAX_PAGES = 20
const DEADLINE_MS = 2000
/** How long a server that is being started has until it says something: as long as clients wait for an answer. */
const BEGIN_MS = 60_000

export interface Listing extends ListedElements {
  /** How long the upstream says it holds, in milliseconds; the shortest of its pages, null where none says so. */
  readonly ttlMs: number | null
  /** Why the rest of it is not known; null where this is all of it. */
  readonly fault: SallyportError | null
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
 * All pages of a list of the upstream's, asked for in the caller's session and era; the pages that came where a later one
 * fails. Never rejects.
 */
export async function readListing(options: ListingsOptions, call: McpCall, offer: Offer): Promise<Listing> {
  const pages = new Pages(call)
  const credential = await options.credentials.find(call)
  if ('fault' in credential) return pages.until(credential.fault)
  const deadline = new Deadline()
  let params: JsonObject = {}
  try {
    for (let page = 0; page < MAX_PAGES; page++) {
      const ask = (id: string) => ownRequest(call, id, offer.method, params, credential.header)
      const answer = await askPage(options, call, ask, deadline)
      const cursor = await pages.take(offer, answer)
      if (cursor === undefined) return pages.until(null)
      params = { cursor }
    }
    return pages.until(new UpstreamAnswerInvalid(`a list of more than ${MAX_PAGES} pages`))
  } catch (cause) {
    if (!(cause instanceof UpstreamSessionLost)) return pages.until(faultOf(cause))
    return (await readAgain(options, call, offer)) ?? pages.until(cause)
  }
}

function faultOf(cause: unknown): SallyportError {
  return cause instanceof SallyportError
    ? cause
    : new UpstreamAnswerInvalid('its list', { cause: cause as Error })
}

/** The pages of one list, as far as they came. */
class Pages {
  readonly #elements: ListElement[] = []
  readonly #refused: RefusedElement[] = []
  readonly #seen = new Set<string>()
  readonly #era: McpCall['era']
  #ttlMs: number | null = null

  constructor({ era }: Pick<McpCall, 'era'>) {
    this.#era = era
  }

  /** The cursor of the page behind; undefined where the list ends. */
  async take(offer: Offer, { value, canonical, refused }: RpcResult): Promise<string | undefined> {
    const listed = await inTurns(elementsOf(offer, value, { text: canonical, path: [] }, refused))
    for (const element of listed?.elements ?? []) this.#elements.push(element)
    for (const element of listed?.refused ?? []) this.#refused.push(element)
    const { ttlMs, nextCursor } = value
    if (typeof ttlMs === 'number') this.#ttlMs = Math.min(ttlMs, this.#ttlMs ?? ttlMs)
    if (endsList(this.#era, nextCursor, this.#seen)) return undefined
    this.#seen.add(nextCursor as string)
    return nextCursor as string
  }

  until(fault: SallyportError | null): Listing {
    return { elements: this.#elements, refused: this.#refused, ttlMs: this.#ttlMs, fault }
  }
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
  deadline: Deadline,
): Promise<RpcResult> {
  // An id that no client of ours can have taken.
  const id = `sallyport-${newId()}`
  const { headers, body } = ask(id)
  const { session } = call
  const stream = sseStreams.get(session?.upstreamId ?? '')
  const request = stream === undefined ? new RpcCall(id, call, limits) : new OwnSseCall(id, stream)
  const address = session?.endpoint == null ? {} : { url: session.endpoint }
  const party = partyOf(call)
  upstreams.send(call.upstream, { method: 'POST', headers, body, ...party, ...address }, request)
  return deadline.of(request, upstreams.begun(call.upstream, party))
}

interface Waited {
  readonly result: Promise<RpcResult>
  giveUp(fault: UpstreamTimeout): void
}

/**
 * For all pages of a list together, beginning when the upstream is up: a client may call before the server that was
 * started for it has said anything.
 */
class Deadline {
  #at: number | undefined

  async of(request: Waited, begun: Promise<void> | undefined): Promise<RpcResult> {
    const { result } = request
    if (begun !== undefined) await within(BEGIN_MS, request, Promise.race([begun, result]))
    this.#at ??= performance.now() + DEADLINE_MS
    return within(Math.max(0, this.#at - performance.now()), request, result)
  }
}

async function within<T>(ms: number, request: Waited, work: Promise<T>): Promise<T> {
  const timer = setTimeout(() => request.giveUp(new UpstreamTimeout()), ms)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}
