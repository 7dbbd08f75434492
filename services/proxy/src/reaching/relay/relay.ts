import { pipeline } from 'node:stream/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Agent, type Dispatcher } from 'undici'
import type { AgentAuthorization } from '../../domain/agent-authorization.ts'
import { OwnerUnreachable } from './errors.ts'
import { IDENTITY_HEADERS, RELAYED_HEADER, type RelayedIdentities } from './relayed-identity.ts'

/** The headers of the caller's request that the owner reads beside its sealed identity. */
const PASSED: ReadonlySet<string> = new Set(['content-type', 'accept', 'last-event-id', 'traceparent'])
const PASSED_PREFIX = /^mcp-/
/** The headers of the owner's answer that reach the caller. */
const RETURNED: readonly string[] = [
  'content-type',
  'content-length',
  'cache-control',
  'x-accel-buffering',
  'mcp-session-id',
  'allow',
  'retry-after',
  'www-authenticate',
]

/** What the agent says to the upstream itself beside its Authorization. It may be secret. */
type OwnFields = AgentAuthorization['headers']

export interface RelayOptions {
  /**
   * The address at which other proxies reach this one. Null where there are no others; then this one keeps everything.
   */
  readonly address: string | null
  readonly identities: RelayedIdentities
  readonly connectMs: number
}

/**
 * Passes a request on to the proxy that has the state it needs: the child of a stdio session, a task, the stream of an
 * HTTP+SSE client. The owner reads, decides and records it as if it had come there at once. Never twice: a request that
 * was relayed already is handled here.
 */
export class Relay {
  /** The owner that our ids carry. */
  readonly address: string | null
  readonly #identities: RelayedIdentities
  readonly #agent: Agent

  constructor({ address, identities, connectMs }: RelayOptions) {
    this.address = address
    this.#identities = identities
    // Held calls and streams may be silent without a limit here; their owner has the limits.
    this.#agent = new Agent({ connect: { timeout: connectMs }, headersTimeout: 0, bodyTimeout: 0 })
  }

  /** Whether another proxy has what this request needs. */
  belongsElsewhere(owner: string | null, request: FastifyRequest): owner is string {
    return owner !== null && owner !== this.address && !request.relayed
  }

  /** Takes the reply over and answers with what the owner answers. Rejects with OwnerUnreachable before it has begun. */
  async pass(owner: string, request: FastifyRequest, reply: FastifyReply, own: OwnFields): Promise<void> {
    const gone = new AbortController()
    // The server, the limits of the caller and the pipeline each listen for the end: more than Node takes for a leak.
    reply.raw.setMaxListeners(20)
    reply.raw.once('close', () => gone.abort())
    const answer = await this.#ask(owner, request, own, gone.signal)
    reply.hijack()
    const headers = RETURNED.flatMap((name) => {
      const value = answer.headers[name]
      return value === undefined ? [] : [[name, value] as const]
    })
    reply.raw.writeHead(answer.statusCode, Object.fromEntries(headers))
    reply.raw.flushHeaders()
    // When one side breaks off, the other is ended.
    await pipeline(answer.body, reply.raw).catch(() => {})
  }

  async #ask(
    owner: string,
    request: FastifyRequest,
    own: OwnFields,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData<unknown>> {
    const { method, url } = request
    try {
      return await this.#agent.request({
        origin: owner,
        path: url,
        method: method as Dispatcher.HttpMethod,
        headers: this.#headers(owner, request, own),
        body: Buffer.isBuffer(request.body) ? request.body : null,
        signal,
      })
    } catch (cause) {
      throw new OwnerUnreachable({ cause })
    }
  }

  #headers(owner: string, { method, url, headers }: FastifyRequest, own: OwnFields): string[] {
    const shown = IDENTITY_HEADERS.flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? [[name, value] as const] : []
    })
    const identity = { owner, method, path: url, headers: Object.fromEntries([...shown, ...own]) }
    const passed = [RELAYED_HEADER, this.#identities.seal(identity)]
    for (const [name, value] of Object.entries(headers))
      if (typeof value === 'string' && (PASSED.has(name) || PASSED_PREFIX.test(name)))
        passed.push(name, value)
    return passed
  }

  async stop(): Promise<void> {
    await this.#agent.destroy()
  }
}
