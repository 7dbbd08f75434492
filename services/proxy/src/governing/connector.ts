import type { DecisionInput, UsedTool } from '@sallyport/policy'
import type { SallyportError } from '@sallyport/runtime'
import type { Guidance } from '../domain/guidance.ts'
import type { ToolDefinition } from '../domain/tool-digest.ts'
import type { ActionVerdict } from '../domain/verdict.ts'
import type { Candidates } from './denials/guide.ts'
import type { Exchange } from './exchange.ts'
import type { Rung } from './hold/rung.ts'
import type { Waiting } from './hold/waiting.ts'
import type { RequestPhase } from './request-phases.ts'

/** When a held action was resumed, on the monotonic clock, and how long it had been held. */
export interface Resumption {
  readonly resumedAt: number
  readonly heldMs: number
}

/** An action that may go upstream: its decision is durable, and nothing has changed since. */
export interface Released<E extends Exchange = Exchange> {
  readonly exchange: E
  readonly verdict: ActionVerdict
  /** The header value to present to the upstream; null where it wants none. */
  readonly credential: string | null
  readonly resumption: Resumption | undefined
  /** The facts, as of now, that decide whether it may go on. */
  readonly input: () => DecisionInput
  /**
   * Sends once more what the upstream has not carried out, such as in a new session. It is looked at again whether it
   * may go. Undefined where this is the second time.
   */
  readonly again: ((exchange: E) => Promise<void>) | undefined
}

/** What reading a list has shown of the thing that it was read for. */
export interface ReadOffers {
  /** Why it is not known whether the upstream lists it. */
  readonly fault: SallyportError | null
  /** Why it is refused, though the upstream lists it. */
  readonly refused: string | null
}

/** A connector's knowledge of the things that an upstream offers, such as tools. */
export interface Offers<E extends Exchange = Exchange> {
  /** The offer that the action uses, as it is known here; null when it uses none. `listed`: the list was just read. */
  used(exchange: E, listed?: boolean): UsedTool | null
  /** Resolves when a list that is said to have changed was read again; undefined while none is. */
  changing(exchange: E, kind: UsedTool['kind']): Promise<unknown> | undefined
  /** Reads the upstream's list, for what was never listed. */
  read(exchange: E, used: UsedTool): Promise<ReadOffers>
  /** The upstream's present definition of the offer that is used. An approval is bound to it. */
  definition(exchange: E): Promise<ToolDefinition>
}

/** Other arguments in the place of those of a held action. */
export interface Editing<E extends Exchange = Exchange> {
  /** Whether it can be done to this action. */
  can(exchange: E): boolean
  /** The action with these arguments (JSON text), read anew: what is judged and recorded is what is forwarded. Throws where they cannot be read. */
  edited(exchange: E, argumentsText: string): Pick<E, 'call' | 'evidence'>
}

/** The parts that a kind of traffic adds to the way of its actions. Governing knows no protocol but through this. */
export interface Connector<E extends Exchange = Exchange> {
  readonly offers: Offers<E>
  /** Undefined where the arguments of its actions cannot be edited. */
  readonly editing?: Editing<E>
  /** The checks and changes of the protocol, between the decision and its record. */
  readonly phases: readonly RequestPhase<E>[]
  /** What the agent could use in the place of an action; `asked` is the input for its gateway and upstream. */
  candidates(exchange: E, asked: DecisionInput): Candidates
  /** Tells the agent that its action is refused, in the words of its protocol, and what it can do. */
  refuse(exchange: E, verdict: ActionVerdict, guidance?: Guidance): void
  /** Why the action cannot wait for a person; undefined where it can. */
  cannotWait(exchange: E): string | undefined
  /** Keeps the caller of a held action. */
  keep(exchange: E, waiting: Waiting): Rung<E>
  /** The approval that this caller heard of in an earlier request; null without one. */
  askedBefore(exchange: E): string | null
  /** Sends a released action upstream. From here on the connector answers the agent and records the end. */
  forward(released: Released<E>): void
}
