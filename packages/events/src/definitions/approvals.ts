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
    action: Name,
    argsDigest: nullable(Digest),
    toolDigest: nullable(Digest),
    policyVersion: Name,
  },
  closed,
)

const approvalRef = { approvalId: Id, callDigest: Digest }

/** A held action asks for a person. Folds to an attachment where an approval for the same call is still open. */
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

/** Somebody answered. The first valid vote decides; a later one folds to a recorded rejection. */
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

/** The timer's intent: nobody answered in time (pending → expired) or nobody used it (approved → lapsed). */
export const ApprovalExpired = Type.Object({ ...approvalRef }, closed)

/** The call is not wanted any more: pending → cancelled, approved → revoked. */
export const ApprovalCancelled = Type.Object({ ...approvalRef, actor: Actor, reason: Text }, closed)

/** A proxy takes the approval to forward the call; only the first one ordered after the approval wins. */
export const ApprovalClaimed = Type.Object({ ...approvalRef, actionId: Id, claimant: Name }, closed)
