import type { AnyNewEvent, EventOf } from '@sallyport/events'
import type { EarlierAction, SoFar } from '@sallyport/rpc'
import { BoundedMap } from '@sallyport/runtime'
import type { Action } from '../../domain/action.ts'

/** So many sessions are remembered; beyond it the one that was quiet longest is forgotten. */
const MOST_SESSIONS = 2000
/** Of each, the last so many actions; one more than are told, as the last one is the one that asks. */
const MOST_ACTIONS = 11
const MOST_OPEN = 4000
/** What clients say for the sake of the protocol, such as `mcp.rpc.initialize`: it tells a person nothing. */
const PLUMBING = /\.rpc\.(?:initialize|ping|server_discover|notifications_\w+)$/

type Earlier = { -readonly [K in keyof EarlierAction]: EarlierAction[K] }

interface Session {
  /** The oldest first. */
  readonly actions: Earlier[]
  /** How many there were before these. */
  dropped: number
}

/**
 * What agents did lately in each session, as this process has recorded it, for the person who answers one of its calls.
 * Calls without a session are those of their agent. A decision depends on none of it.
 */
export class SessionSoFar {
  readonly #sessions = new BoundedMap<string, Session>(MOST_SESSIONS)
  /** Actions whose end is not recorded yet, by their ids. */
  readonly #open = new BoundedMap<string, Earlier>(MOST_OPEN)

  get size(): number {
    return this.#sessions.size
  }

  /** Each event that was recorded, in order. */
  note(event: AnyNewEvent): void {
    if (event.type === 'sallyport.action.decided.v1') this.#decided(event.data, event.time)
    else if (event.type === 'sallyport.action.completed.v1')
      this.#ended(event.data.actionId, event.data.outcome)
    else if (event.type === 'sallyport.action.aborted.v1') this.#ended(event.data.actionId, 'aborted')
  }

  /** What came before this call in its session, the oldest first. */
  before({ actionId, gateway, session }: Pick<Action, 'actionId' | 'gateway' | 'session'>): SoFar {
    const known = this.#sessions.get(keyOf(gateway.id, session?.label ?? null))
    if (known === undefined) return { actions: [], more: 0 }
    const others = known.actions.filter((one) => one.actionId !== actionId)
    const actions = others.slice(1 - MOST_ACTIONS).map((one) => ({ ...one }))
    return { actions, more: known.dropped + others.length - actions.length }
  }

  #decided(data: EventOf<'sallyport.action.decided.v1'>['data'], at: string): void {
    const { actionId, gateway, session, upstream, action, verdict } = data
    if (PLUMBING.test(action)) return
    const before = this.#open.get(actionId)
    if (before !== undefined) {
      before.verdict = verdict
      return
    }
    const key = keyOf(gateway.id, session)
    const known = this.#sessions.get(key) ?? { actions: [], dropped: 0 }
    const earlier: Earlier = { actionId, at, upstream, action, verdict, outcome: null }
    known.actions.push(earlier)
    if (known.actions.length > MOST_ACTIONS) {
      known.actions.shift()
      known.dropped += 1
    }
    this.#sessions.set(key, known)
    if (verdict !== 'deny') this.#open.set(actionId, earlier)
  }

  #ended(actionId: string, outcome: string): void {
    const earlier = this.#open.get(actionId)
    if (earlier === undefined) return
    earlier.outcome = outcome
    this.#open.delete(actionId)
  }
}

/** No id has a line feed in it. */
const keyOf = (gatewayId: string, session: string | null) => `${gatewayId}\n${session ?? ''}`
