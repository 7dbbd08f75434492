import type { Risk } from '@sallyport/policy'
import type { Action } from '../../../domain/action.ts'
import type { Field } from '../headers/field.ts'
import type { Target } from '../target/upstream-target.ts'

/** The part of a request's body that was read before its decision. */
export type HttpBody =
  | { readonly kind: 'none' }
  /** Strict JSON: its canonical text goes upstream. */
  | { readonly kind: 'json'; readonly text: string }
  /** It goes upstream as it comes, after the decision. */
  | { readonly kind: 'stream'; readonly why: 'not_json' | 'too_large'; readonly length: number | null }
  /** A body that is not JSON and waits with its call for a person. */
  | { readonly kind: 'kept'; readonly bytes: Buffer; readonly sha256: string }

/** One HTTP request as the proxy received it: all that is judged, recorded and forwarded comes from here. */
export interface HttpCall extends Action {
  readonly kind: 'request' | 'websocket'
  /** Less specific names of the same action, the most specific first. */
  readonly lessSpecific: readonly string[]
  readonly risk: Risk
  /** How the agent is connected, as decisions and records name it. */
  readonly transport: string
  readonly method: string
  readonly target: Target
  /** Its header fields that go upstream, without the credential. */
  readonly fields: readonly Field[]
  readonly body: HttpBody
  /** For how many seconds the client waits for a person (`Prefer: wait`); null where it does not say. */
  readonly waitSeconds: number | null
}
