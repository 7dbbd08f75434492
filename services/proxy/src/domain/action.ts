import type { Gateway, Upstream } from '@sallyport/control'
import type { ExactJson } from '@sallyport/jsonrpc'
import type { Risk, Subject } from '@sallyport/policy'
import type { AgentAuthorization } from './agent-authorization.ts'

/** The gateway as which a caller was let in. */
export interface AdmittedGateway extends Gateway {
  /** The issuer whose access token named it; left out where its own token did. */
  readonly namedBy?: string
  /** Whom that token is of, to its issuer; left out where it does not say. */
  readonly principal?: { readonly issuer: string; readonly subject: string }
}

/** The name and version that a client gives itself. */
export interface Client {
  readonly name: string
  readonly version: string
}

/** The session that an action belongs to, where its protocol has sessions. */
export interface ActionSession {
  /** The name of the session here while it lives. */
  readonly id: string
  /** The name of the session in events: enough to follow it, useless for joining it. */
  readonly label: string
}

/**
 * One thing that an agent asks of an upstream, in any protocol. A connector reads it from what arrived; all that is
 * judged, shown and recorded comes from here.
 */
export interface Action {
  readonly actionId: string
  readonly gateway: AdmittedGateway
  readonly upstream: Upstream
  /** Null for every upstream but those that the agent's own authorization passes to. */
  readonly agentAuthorization: AgentAuthorization | null
  /** The normalised name, such as `mcp.tools.create_issue`, whole: it is judged. It may carry a credential. */
  readonly action: string
  /** How everything that is kept or told calls it: fits an event, and carries no credential. */
  readonly recordedAction: string
  /** Less specific names of the same action, the most specific first. */
  readonly lessSpecific: readonly string[]
  readonly risk: Risk
  /** The method as received: of JSON-RPC, or the verb of HTTP; null for a message without one. */
  readonly method: string | null
  readonly tool: string | null
  /** Of the things that the upstream offers, the one it is about. */
  readonly subject: Subject | null
  /** The client's id of the request; null where the protocol has no ids, or this message has none. */
  readonly id: string | number | null
  /** The arguments that are recorded, before redaction. */
  readonly params: ExactJson
  /** What MCP's `_meta` says beside them; null where the protocol has none, or this message. */
  readonly meta: ExactJson | null
  /** The text of the part of `meta` that the digest is taken over too; null without such a part. */
  readonly boundMeta: string | null
  /** The text that the digest of the arguments is taken over; null without arguments. */
  readonly argumentsText: string | null
  /** Why a part of the arguments was not read before the decision, so that no rule can judge them; null where all was. */
  readonly argumentsUnread: 'too_large' | 'not_json' | null
  readonly session: ActionSession | null
  /** The revision of the protocol that is spoken; null where it has none, or none was named. */
  readonly protocolVersion: string | null
  readonly client: Client | null
  /** How the agent is connected, as decisions and records name it, such as `http`. */
  readonly transport: string
  /** Sallyport itself carries it out: no upstream sees it, and no credential is looked for. */
  readonly own?: true
  readonly requestBytes: number
  /** On the monotonic clock, in milliseconds. */
  readonly arrivedAt: number
}
