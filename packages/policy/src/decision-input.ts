import type { Finding } from '@sallyport/inspection'
import { sha256Hex } from '@sallyport/runtime'
import type { Approver } from './approval/selects.ts'
import type { Risk } from './words.ts'

/**
 * What a verdict depends on, as data, beside what the decision service folds from the log. It knows no protocol:
 * a connector fills it in from what it read.
 */
export interface DecisionInput {
  readonly tenant: string
  readonly gatewayId: string
  readonly gateway: string
  /**
   * How the gateway was identified: `credentialMark` of its own token, or `issuerMark` of the issuer whose token named it;
   * null where that is not looked at.
   */
  readonly gatewayCredential: string | null
  /** The upstream's kind, such as `mcp`. */
  readonly connector: string
  /** The name under which the upstream is registered. */
  readonly upstream: string
  /** SHA-256 (hex) of what is registered under that name, as the asker knows it; null where that is not looked at. */
  readonly upstreamDigest: string | null
  /** The whole name: the one that is judged. */
  readonly action: string
  /** How records and reasons call it: shortened where it is too long for them, and without a credential. */
  readonly recordedAction: string
  /** Less specific names of the same action, the most specific first. */
  readonly lessSpecific: readonly string[]
  readonly risk: Risk
  readonly arguments: InputArguments
  readonly tool: UsedTool | null
  /** The session as events call it. */
  readonly session: string | null
  readonly client: { readonly name: string; readonly version: string } | null
  /** Of the protocol, such as `2025-11-25`. */
  readonly revision: string | null
  /** How the agent is connected, such as `http`. */
  readonly transport: string
  /** What inspection saw in the arguments. */
  readonly findings: readonly Finding[]
  /** Those whose votes have approved it; none while it is not approved. */
  readonly approvers: readonly Approver[]
  /** When it arrived, in milliseconds since 1970. */
  readonly time: number
  /** How far the asker has read the control log: it is not judged by an older state. 0 where that does not matter. */
  readonly controlOffset: number
}

/** `unread`: no rule in force was known to read them. The text is canonical JSON. */
export type InputArguments =
  | { readonly text: string }
  | { readonly text: null; readonly why: 'none' | 'unread' | 'too_large' | 'not_json' }

export const NO_ARGUMENTS: InputArguments = { text: null, why: 'none' }
export const UNREAD_ARGUMENTS: InputArguments = { text: null, why: 'unread' }

/** The one thing of the upstream's offers that an action uses. */
export interface UsedTool {
  readonly kind: 'tool' | 'prompt' | 'resource' | 'template'
  /** What the catalog calls it. */
  readonly key: string
  /** SHA-256 (hex) of its definition as the upstream lists it, as the asker knows it; null where it knows none. */
  readonly definition: string | null
  /** Whether the asker has read the upstream's list for this question, so that null means that it is not there. */
  readonly listed: boolean
}

/** The mark of an issuer that named the gateway: no mark of a token begins like it. */
export function issuerMark(issuer: string): string {
  return `issuer:${sha256Hex(issuer).slice(0, 16)}`
}

/** Enough of a token's hash to see that it was replaced, and too little to look for it. */
export function credentialMark(tokenHash: string): string {
  return tokenHash.slice(0, 16)
}
