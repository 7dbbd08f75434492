import { Type } from 'typebox'
import {
  Actor,
  argumentsText,
  Client,
  closed,
  Digest,
  GatewayRef,
  Id,
  Instant,
  Milliseconds,
  meta,
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
    argumentsText,
    meta,
    /** The whole arguments, for whoever may answer: AES-256-GCM under a key of the installation. See `ArgumentSeal`. */
    sealedArguments: Type.Optional(Type.String({ maxLength: 3_500_000 })),
    client: nullable(Client),
    /** A vote must be ordered before this instant. */
    expiresAt: Instant,
    /** How long an approval may be claimed after it was given. */
    usableForMs: Milliseconds,
  },
  closed,
)

const Places = Type.Array(Type.String({ maxLength: 1024 }), { maxItems: 100 })

export const ApprovalVoted = Type.Object(
  {
    ...approvalRef,
    vote: Type.Union([Type.Literal('approve'), Type.Literal('deny')]),
    actor: Actor,
    reason: nullable(Text),
    idempotencyKey: nullable(Name),
    /** JSON pointers of parts that the answerer did not have on screen, the first hundred; absent where there were none. */
    unseen: Type.Optional(Places),
  },
  closed,
)

/** Somebody who may answer had secrets of these parts shown. */
export const ApprovalRevealed = Type.Object({ ...approvalRef, actor: Actor, places: Places }, closed)

export const ApprovalExpired = Type.Object({ ...approvalRef }, closed)

export const ApprovalCancelled = Type.Object({ ...approvalRef, actor: Actor, reason: Text }, closed)

export const ApprovalClaimed = Type.Object({ ...approvalRef, actionId: Id, claimant: Name }, closed)
