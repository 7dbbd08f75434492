import { Type } from 'typebox'
import {
  Actor,
  Client,
  closed,
  Digest,
  GatewayRef,
  Id,
  Instant,
  Milliseconds,
  Name,
  nullable,
  Risk,
  Text,
} from './parts.ts'

/** What an approval is bound to; `callDigest` is the SHA-256 of its canonical JSON. */
export const Binding = Type.Object(
  {
    tenant: Name,
    gatewayId: Id,
    upstream: Name,
    /** SHA-256 of where the upstream is and of the credential it is given. */
    upstreamDigest: Digest,
    action: Name,
    argsDigest: nullable(Digest),
    toolDigest: nullable(Digest),
    policyVersion: Name,
  },
  closed,
)

const approvalRef = { approvalId: Id, callDigest: Digest }

export const ApprovalRequested = Type.Object(
  {
    ...approvalRef,
    binding: Binding,
    actionId: Id,
    gateway: GatewayRef,
    connector: Name,
    tool: nullable(Name),
    risk: Risk,
    rule: Text,
    reasons: Type.Array(Text, { maxItems: 32 }),
    arguments: Type.Unknown(),
    client: nullable(Client),
    /** A vote must be ordered before this instant. */
    expiresAt: Instant,
    /** How long an approval may be claimed after it was given. */
    usableForMs: Milliseconds,
  },
  closed,
)

export const ApprovalVoted = Type.Object(
  {
    ...approvalRef,
    vote: Type.Union([Type.Literal('approve'), Type.Literal('deny')]),
    actor: Actor,
    reason: nullable(Text),
    idempotencyKey: nullable(Name),
  },
  closed,
)

export const ApprovalExpired = Type.Object({ ...approvalRef }, closed)

export const ApprovalCancelled = Type.Object({ ...approvalRef, actor: Actor, reason: Text }, closed)

export const ApprovalClaimed = Type.Object({ ...approvalRef, actionId: Id, claimant: Name }, closed)
