import { upstreamDigest } from '@sallyport/control'
import { isJsonObject, type JsonValue } from '@sallyport/jsonrpc'
import { BoundedMap } from '@sallyport/runtime'
import { offerOf } from '../catalog/offers.ts'
import type { UpstreamCatalogs } from '../catalog/upstream-catalogs.ts'
import type { McpCall } from '../message/call.ts'
import { type ParamHeader, paramHeaders } from './param-headers.ts'

/** How long a list holds that does not say so, and the bounds for one that does. */
const USUAL_TTL_MS = 60_000
const TTL_MS = { least: 5000, most: 600_000 } as const
/** A name that was not listed is asked for again after this long. */
const ASK_AGAIN_MS = 5000
const MAX_TOOLS = 10_000
const MAX_UPSTREAMS = 1000

const NONE: readonly ParamHeader[] = []

interface Known {
  readonly tools: Map<string, readonly ParamHeader[]>
  freshUntil: number
  askedAt: number
  asking: Promise<void> | undefined
}

export interface ListedTools {
  readonly tools: readonly JsonValue[]
  /** How long the upstream says it holds, in milliseconds. */
  readonly ttlMs: number | null
}

/** All tools of the upstream of a call; the catalog learns them too. Undefined when the upstream gives no answer. */
export async function listedTools(
  catalog: UpstreamCatalogs,
  call: McpCall,
): Promise<ListedTools | undefined> {
  const list = await catalog.list(call, offerOf('tool'))
  if (list.fault !== null && list.elements.length === 0) return undefined
  return { tools: list.elements.map(({ text }) => JSON.parse(text) as JsonValue), ttlMs: list.ttlMs }
}

export interface ToolHeadersOptions {
  /** Asks the upstream of a call for all its tools; never rejects. */
  readonly list: (call: McpCall) => Promise<ListedTools | undefined>
  /** Milliseconds on a monotonic clock. */
  readonly now?: () => number
}

/**
 * The arguments that the tools of each stateless upstream want mirrored as header fields. Learned from the lists that
 * pass, and by a list of our own where none did. An outdated list is used while it is asked for again. At worst the
 * upstream refuses a call, and then the list is forgotten.
 */
export class ToolHeaders {
  readonly #list: ToolHeadersOptions['list']
  readonly #now: () => number
  readonly #upstreams = new BoundedMap<string, Known>(MAX_UPSTREAMS)

  constructor({ list, now = () => performance.now() }: ToolHeadersOptions) {
    this.#list = list
    this.#now = now
  }

  /** The arguments that the called tool wants mirrored: none when the upstream does not list the tool. */
  async of(call: McpCall): Promise<readonly ParamHeader[]> {
    const { tool } = call
    if (tool === null) return NONE
    const known = this.#known(call)
    const declared = known.tools.get(tool)
    const now = this.#now()
    if (declared !== undefined) {
      if (now > known.freshUntil) void this.#ask(call, known)
      return declared
    }
    if (now - known.askedAt > ASK_AGAIN_MS || known.asking !== undefined) await this.#ask(call, known)
    return known.tools.get(tool) ?? NONE
  }

  /** Takes in what an answer to tools/list, or a page of one, says. */
  observe(call: McpCall, tools: readonly JsonValue[], ttlMs: number | null): void {
    const known = this.#known(call)
    for (const tool of tools) {
      if (!isJsonObject(tool) || typeof tool['name'] !== 'string') continue
      if (known.tools.size >= MAX_TOOLS && !known.tools.has(tool['name'])) return
      known.tools.set(tool['name'], paramHeaders(tool['inputSchema']))
    }
    const ttl = Math.min(TTL_MS.most, Math.max(TTL_MS.least, ttlMs ?? USUAL_TTL_MS))
    known.freshUntil = this.#now() + ttl
  }

  forget(call: McpCall): void {
    this.#upstreams.delete(upstreamDigest(call.upstream))
  }

  #ask(call: McpCall, known: Known): Promise<void> {
    known.asking ??= this.#list(call).then((listed) => {
      known.asking = undefined
      known.askedAt = this.#now()
      if (listed === undefined) return
      known.tools.clear()
      this.observe(call, listed.tools, listed.ttlMs)
    })
    return known.asking
  }

  #known({ upstream }: McpCall): Known {
    const digest = upstreamDigest(upstream)
    const known = this.#upstreams.get(digest)
    if (known !== undefined) return known
    const fresh = {
      tools: new Map<string, readonly ParamHeader[]>(),
      freshUntil: Number.NEGATIVE_INFINITY,
      askedAt: Number.NEGATIVE_INFINITY,
      asking: undefined,
    }
    this.#upstreams.set(digest, fresh)
    return fresh
  }
}
