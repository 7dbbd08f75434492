import { encodeSse, isJsonObject, type Message, type Response } from '@sallyport/jsonrpc'
import type { Client } from '../../../domain/action.ts'
import { endsOf, mentionsId } from '../../../domain/mentions-id.ts'
import type { UpstreamFault } from '../../../domain/upstream-faults.ts'
import type { Answer } from '../answers/answer.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { Session } from '../session/session.ts'

/** A call of an HTTP+SSE client, or of our own in its session, that waits for its answer, which comes on the stream. */
export interface Waiting {
  /** Null where the call is our own. */
  readonly exchange: McpExchange | null
  /** The id that its response will have. */
  readonly upstreamId: string | null
  awaits(message: Message): message is Response
  /** Takes the response; the text for the agent, null where it is not the agent's. */
  deliver(response: Response): string | null | Promise<string>
  /** Its response came, and is refused. */
  giveUp(fault: UpstreamFault): void
  /** The stream is over, and with it the session. */
  interrupt(reason: string): void
}

/**
 * The stream of one HTTP+SSE session (MCP 2024-11-05, Transports): everything that the upstream says to this client
 * comes on it, answers included. The client posts its messages to the endpoint that the first event names.
 */
export class SseStream {
  readonly session: Session
  /** The revision that its handshake agreed on; null before. */
  protocolVersion: string | null = null
  client: Client | null = null
  readonly #agent: Answer
  readonly #waiting = new Set<Waiting>()
  readonly #onClose = new Set<() => void>()
  #closed = false

  constructor(session: Session, agent: Answer) {
    this.session = session
    this.#agent = agent
  }

  get closed(): boolean {
    return this.#closed || this.#agent.gone
  }

  /** How many calls are under way on it, held ones among them. */
  get size(): number {
    return this.#onClose.size
  }

  write(frames: string): boolean {
    return this.closed || this.#agent.write(frames)
  }

  onceDrained(go: () => void): void {
    this.#agent.onceDrained(go)
  }

  /** Calls back when the client goes away. Returns how to take that back. */
  onClose(listener: () => void): () => void {
    this.#onClose.add(listener)
    return () => this.#onClose.delete(listener)
  }

  join(waiting: Waiting): void {
    this.#waiting.add(waiting)
  }

  leave(waiting: Waiting): void {
    this.#waiting.delete(waiting)
  }

  /** The call that a message of the upstream's is about: its response, or progress under its token. */
  callOf(message: Message): Waiting | undefined {
    const waiting = [...this.#waiting]
    if (message.kind === 'response') {
      // An error without an id answers the only request there is.
      const asking = waiting.filter(({ exchange }) => exchange === null || exchange.call.kind === 'request')
      if (message.id === null) return asking.length === 1 ? asking[0] : undefined
      return waiting.find((call) => call.awaits(message))
    }
    if (message.kind !== 'notification' || message.method !== 'notifications/progress') return undefined
    const token = isJsonObject(message.params) ? message.params['progressToken'] : undefined
    return waiting.find(({ exchange }) => token !== undefined && exchange?.call.progressToken === token)
  }

  /** The call whose response this is, though it cannot be read. */
  calledIn(unreadable: string): Waiting | undefined {
    const ends = endsOf(unreadable)
    return [...this.#waiting].find(({ upstreamId }) => upstreamId !== null && mentionsId(ends, upstreamId))
  }

  /** Ends what is under way, with an error for whom can still be told, and then tells whoever waits besides. */
  close(reason: string): void {
    if (this.#closed) return
    for (const waiting of [...this.#waiting]) waiting.interrupt(reason)
    this.#closed = true
    for (const tell of [...this.#onClose]) tell()
  }
}

/** One message as an event of the stream. */
export function messageEvent(text: string): string {
  return encodeSse({ event: 'message', data: text })
}
