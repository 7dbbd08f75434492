import { Type } from 'typebox'
import {
  actionFacts,
  argumentsText,
  Bytes,
  Client,
  closed,
  Digest,
  Finding,
  GatewayRef,
  Id,
  Instant,
  Milliseconds,
  meta,
  Name,
  nullable,
  Selector,
  Text,
} from './parts.ts'

/** With the rest of the event and the control log up to `controlOffset`, the verdict can be given once more. */
const DecidedInput = Type.Object(
  {
    /** First 16 hex of the SHA-256 of the gateway's token, or `issuer:` and those of the issuer whose token named it. */
    gatewayCredential: nullable(Name),
    upstreamDigest: nullable(Digest),
    lessSpecific: Type.Array(Name, { maxItems: 16 }),
    /** The name that was judged, where `action` is a shortened one and nothing in it is a secret. */
    wholeAction: Type.Optional(Type.String({ maxLength: 80_000 })),
    /** `text` where they were judged, else why they were not. */
    argumentsSeen: Name,
    used: nullable(
      Type.Object(
        {
          kind: Name,
          key: Type.String({ maxLength: 1024 }),
          definition: nullable(Digest),
          listed: Type.Boolean(),
        },
        closed,
      ),
    ),
    transport: Name,
    /** The id of the token with which a person has approved it; left out where nobody has. */
    approvedBy: Type.Optional(Id),
    /** Those whose votes have approved it, and for what they counted; left out where nobody has. */
    approvers: Type.Optional(
      Type.Array(
        Type.Object(
          { tokenId: nullable(Id), personId: nullable(Id), botId: nullable(Id), as: Selector },
          closed,
        ),
        { maxItems: 160 },
      ),
    ),
    at: Instant,
    /** How far the decision service had folded the control log when it judged. */
    controlOffset: Type.Integer({ minimum: 0 }),
  },
  closed,
)

export const ActionDecided = Type.Object(
  {
    ...actionFacts,
    phase: Type.Union([Type.Literal('initial'), Type.Literal('resumed')]),
    /** Set when the denial is a fault of a part of ours and not a judgement: an `SP_…` code. */
    fault: nullable(Name),
    /** JSON-RPC method or HTTP verb as received; null where there is none. */
    method: nullable(Name),
    tool: nullable(Name),
    /** The JSON-RPC id, as its JSON text. */
    requestId: nullable(Type.String({ maxLength: 256 })),
    /** First 16 hex of the SHA-256 of the upstream's session id. */
    session: nullable(Name),
    protocolVersion: nullable(Name),
    client: nullable(Client),
    /** HMAC-SHA-256 of the canonical arguments, keyed by the installation. */
    argsDigest: nullable(Digest),
    toolDigest: nullable(Digest),
    /** The arguments with secrets taken out and long values cut, numbers as they were sent. */
    arguments: Type.Unknown(),
    argumentsText,
    meta,
    findings: Type.Array(Finding, { maxItems: 100 }),
    /** From the request's arrival to the verdict. */
    decisionMs: Milliseconds,
    /**
     * Which layer gave the verdict: kill_switch, gateway, upstream, permissions, catalog, guardrails or approver of the
     * decision service; else protocol, limit, approval or fault.
     */
    by: Type.Optional(Name),
    /** What the decision service was asked about, beside what the rest says; null where nobody was asked. */
    input: Type.Optional(nullable(DecidedInput)),
    /** The name of whoever put these arguments in the place of those that the agent sent; absent where nobody did. */
    editedBy: Type.Optional(Name),
  },
  closed,
)

export const ActionCompleted = Type.Object(
  {
    ...actionFacts,
    outcome: Type.Union([
      Type.Literal('ok'),
      Type.Literal('tool_error'),
      Type.Literal('rpc_error'),
      Type.Literal('upstream_error'),
      Type.Literal('timeout'),
    ]),
    httpStatus: nullable(Type.Integer()),
    errorCode: nullable(Type.Union([Type.Integer(), Name])),
    /** From arrival (or from the resumption of a held call) to the last byte of the answer. */
    durationMs: Milliseconds,
    upstreamMs: Milliseconds,
    /** How long a person was waited for; 0 when none was. */
    heldMs: Milliseconds,
    requestBytes: Bytes,
    responseBytes: Bytes,
    /** SHA-256 of a request's body that was passed on unread; null when it was not all sent. */
    requestDigest: Type.Optional(nullable(Digest)),
    /** SHA-256 of an answer's body that was passed on as it came; null when the agent did not get all of it. */
    responseDigest: Type.Optional(nullable(Digest)),
  },
  closed,
)

export const ActionAborted = Type.Object(
  {
    ...actionFacts,
    stage: Type.Union([Type.Literal('held'), Type.Literal('forwarding')]),
    reason: Text,
    durationMs: Milliseconds,
  },
  closed,
)

/** An agent repeats a denied action unchanged. Written once, when the agent is first told to pause. */
export const ActionRepeated = Type.Object(
  {
    ...actionFacts,
    argsDigest: nullable(Digest),
    /** How often it was denied, this time counted, by the proxy that tells it. */
    times: Type.Integer({ minimum: 2 }),
    /** When it was first denied. */
    since: Instant,
    /** For how long the agent was told to leave it alone. */
    pauseMs: Milliseconds,
  },
  closed,
)

export const MessageDropped = Type.Object(
  {
    gateway: GatewayRef,
    upstream: Name,
    /** First 16 hex of the SHA-256 of the upstream's session id; null outside of a session. */
    session: nullable(Name),
    /**
     * `refused`: it cannot be read without doubt. `answered`: its request had its answer already. `unasked`: it answers
     * nothing that was asked and still waits.
     */
    reason: Type.Union([Type.Literal('refused'), Type.Literal('answered'), Type.Literal('unasked')]),
    /** The rule that it breaks, and a JSON Pointer to the place; null where it was not refused. */
    rule: nullable(Name),
    place: nullable(Text),
    /** How many were dropped since the last event of this upstream and gateway, this one counted. */
    messages: Type.Integer({ minimum: 1 }),
  },
  closed,
)

const sessionFacts = {
  gateway: GatewayRef,
  upstream: Name,
  /** First 16 hex of the SHA-256 of the upstream's session id; null where the upstream keeps none. */
  session: nullable(Name),
  protocolVersion: nullable(Name),
  client: nullable(Client),
}

export const SessionOpened = Type.Object({ ...sessionFacts, actionId: Id }, closed)

export const SessionClosed = Type.Object({ ...sessionFacts, reason: Text }, closed)

/** Between the two instants; other events of that time were appended late, and say so. */
export const RecordLost = Type.Object(
  { count: Type.Integer({ minimum: 1 }), since: Instant, until: Instant, reason: Text },
  closed,
)
