import type { JsonLimits } from '@sallyport/jsonrpc'
import { BoundedMap, type Logger, messageOf, newId } from '@sallyport/runtime'
import { sessionClosedEvent, sessionOpenedEvent } from '../../../domain/records.ts'
import { sessionLabel } from '../../../domain/session-label.ts'
import { UpstreamTimeout } from '../../../domain/upstream-faults.ts'
import type { Recorder } from '../../../governing/record/recorder.ts'
import { type Reaching, sendOwn } from '../forwarding/own-message.ts'
import { RpcCall } from '../forwarding/rpc-call.ts'
import type { McpCall } from '../message/call.ts'
import type { Healed, HealedNews } from './healed-news.ts'
import type { Session } from './session.ts'
import { ToldReceiver } from './told-receiver.ts'

/** The parts that opening a session again needs. */
export interface Healing extends Reaching {
  readonly recorder: Recorder
  readonly answerLimits: Required<JsonLimits>
  /** The address at which other proxies reach this one; null where there are no others. */
  readonly address: string | null
  readonly clock: () => Date
  readonly logger: Logger
}

const REMEMBERED = 10_000
const DEADLINE_MS = 10_000

/**
 * Sessions that their upstream has lost, and what came in their place: clients do not recover from a lost session by
 * themselves. The handshake is repeated with what the client said in its own; the client keeps its id.
 */
export class HealedSessions {
  readonly #news: HealedNews
  readonly #needs: Healing
  readonly #current = new BoundedMap<string, Healed>(REMEMBERED)
  readonly #ended = new BoundedMap<string, true>(REMEMBERED)
  readonly #healing = new Map<string, Promise<Session | undefined>>()

  constructor(news: HealedNews, needs: Healing) {
    this.#news = news
    this.#needs = needs
  }

  /** The session as the upstream knows it now. */
  current(session: Session): Session {
    const healed = this.#current.size === 0 ? undefined : this.#current.get(keyOf(session))
    return healed === undefined ? session : inPlaceOf(session, healed)
  }

  /** Takes over what other proxies healed. Returns how to stop. */
  listen(): () => void {
    return this.#news.listen((key, healed) => {
      const known = this.#current.get(key)
      // Two that healed it at the same time agree on one of theirs.
      const wins =
        known === undefined ||
        sessionLabel(known.upstreamId) === healed.from ||
        (known.from === healed.from && healed.upstreamId < known.upstreamId)
      if (wins && !this.#ended.has(key)) this.#current.set(key, healed)
    })
  }

  /**
   * A new session with the upstream in place of the one of this call, which the upstream has just said it does not
   * know. Undefined when no session can be opened, or only one of another revision than the client speaks.
   */
  heal(call: McpCall): Promise<Session | undefined> {
    const { session } = call
    if (session === null || session.initialize === null) return Promise.resolve(undefined)
    const key = keyOf(session)
    if (this.#ended.has(key)) return Promise.resolve(undefined)
    const known = this.current(session)
    // Another call was quicker.
    if (known.upstreamId !== session.upstreamId) return Promise.resolve(known)
    const healing = this.#healing.get(key) ?? this.#begin(call, session, key)
    this.#healing.set(key, healing)
    return healing
  }

  /** The client has ended it: from here on it is lost for good. */
  ended(session: Session): void {
    const key = keyOf(session)
    this.#current.delete(key)
    this.#ended.set(key, true)
  }

  #begin(call: McpCall, session: Session, key: string): Promise<Session | undefined> {
    return reopen(this.#needs, call, session)
      .catch((cause: unknown) => {
        const { actionId, upstream } = call
        this.#needs.logger.warn(
          { actionId, upstream: upstream.name },
          `a session was not healed: ${messageOf(cause)}`,
        )
        return undefined
      })
      .then((opened) => {
        if (opened === undefined) return undefined
        const healed = { from: session.label, upstreamId: opened.upstreamId, owner: opened.owner }
        this.#current.set(key, healed)
        this.#news.tell(key, healed)
        return opened
      })
      .finally(() => this.#healing.delete(key))
  }
}

async function reopen(needs: Healing, call: McpCall, session: Session): Promise<Session | undefined> {
  const id = `sallyport-${newId()}`
  const handshake = new RpcCall(id, call, needs.answerLimits)
  const initialized = new ToldReceiver()
  const timer = setTimeout(() => {
    handshake.giveUp(new UpstreamTimeout())
    initialized.giveUp(new UpstreamTimeout())
  }, DEADLINE_MS)
  try {
    const initialize = `{"jsonrpc":"2.0","id":"${id}","method":"initialize","params":${session.initialize}}`
    await sendOwn(needs, { ...call, session: null }, 'initialize', initialize, handshake)
    const { protocolVersion } = (await handshake.result).value
    const { sessionId } = handshake
    if (sessionId === undefined || protocolVersion !== session.protocolVersion) return undefined
    const healed = inPlaceOf(session, { upstreamId: sessionId, owner: ownerOf(needs, call) })
    const note = '{"jsonrpc":"2.0","method":"notifications/initialized"}'
    await sendOwn(needs, { ...call, session: healed }, 'notifications/initialized', note, initialized)
    if ((await initialized.settled) >= 300) return undefined
    record(needs, call, healed)
    return healed
  } finally {
    clearTimeout(timer)
  }
}

function record({ recorder, clock }: Healing, call: McpCall, { label, protocolVersion }: Session): void {
  recorder.later(sessionClosedEvent(call, 'the upstream does not know it any more', clock()))
  recorder.later(sessionOpenedEvent(call, { label, protocolVersion }, clock()))
}

/** A child of this proxy's is reached through this proxy only. */
function ownerOf({ address }: Healing, { upstream, session }: McpCall): string | null {
  switch (upstream.target.kind) {
    case 'http':
      return null
    case 'stdio':
      return address
    case 'attached':
      return session?.owner ?? null
  }
}

function inPlaceOf(session: Session, { upstreamId, owner }: Omit<Healed, 'from'>): Session {
  return { ...session, upstreamId, owner, label: sessionLabel(upstreamId) }
}

function keyOf({ gatewayId, upstreamDigest, id }: Session): string {
  return `${gatewayId} ${upstreamDigest} ${id}`
}
