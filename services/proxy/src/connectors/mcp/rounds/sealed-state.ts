import { upstreamDigest } from '@sallyport/control'
import { Sealer } from '../../../reaching/sealer.ts'
import type { McpCall } from '../message/call.ts'

/** Two members of the call as they were before a round of ours. The SDKs overwrite both. Canonical texts. */
export interface Underneath {
  readonly requestState: string | null
  readonly inputResponses: string | null
}

/** How often the client was asked to call again: SDKs count, whoever asked. */
export interface Round {
  readonly number: number
  /** Whether the client was asked to show its user the approval. */
  readonly shown: boolean
}

/** The digest of the held call's arguments, and the approval that it waits for. Null before there is one. */
export interface HeldRound {
  readonly argsDigest: string | null
  readonly approvalId: string | null
}

/** The content of a `requestState` that we hand out (2026-07-28, multi round-trip requests). */
export type RequestState = Underneath &
  Round & {
    readonly action: string
    /** RFC 3339. */
    readonly until: string
    /** Of the call that we held; null where the upstream asked for more, and not we. */
    readonly held: HeldRound | null
  }

/** The upstream says itself for how long it takes its state back; ours only keeps it from being kept for ever. */
export const UPSTREAM_STATE_MS = 24 * 60 * 60 * 1000
/** A round of ours follows at once; a person may take their time to look at what their client shows. */
export const HELD_STATE_MS = 60 * 60 * 1000
const LONGEST = 8 * 1024 * 1024

/** For whoever hands out a `requestState`. */
export interface SealingRounds {
  readonly states: RequestStates
  readonly clock: () => Date
}

type Owner = Pick<McpCall, 'gateway' | 'upstream'>

/**
 * Seals each `requestState`. Only the caller that got it can give it back, for the same action and for a limited time.
 */
export class RequestStates {
  readonly #sealer: Sealer

  constructor(key: Uint8Array) {
    this.#sealer = new Sealer(key, 'sps1.', LONGEST)
  }

  seal(owner: Owner, state: RequestState): string {
    return this.#sealer.seal(JSON.stringify(state), binding(owner))
  }

  /** Undefined for whatever this gateway did not get for this upstream and action, and for what is too old. */
  open(call: Owner & Pick<McpCall, 'recordedAction'>, sealed: string, now: Date): RequestState | undefined {
    const text = this.#sealer.open(sealed, binding(call))
    if (text === undefined) return undefined
    const state: RequestState = JSON.parse(text)
    return state.action === call.recordedAction && now < new Date(state.until) ? state : undefined
  }
}

function binding({ gateway, upstream }: Owner): readonly string[] {
  return [gateway.id, upstream.name, upstreamDigest(upstream)]
}
