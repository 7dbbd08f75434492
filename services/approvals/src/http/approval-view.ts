import { APPROVAL_STATUSES, type Approval } from '@sallyport/approval'
import { type Static, Type } from 'typebox'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])
const Instant = Type.String({ format: 'date-time' })
const Digest = Type.String({ description: 'SHA-256 or HMAC-SHA-256, hex' })
const Actor = Type.Object({
  type: Type.Union([Type.Literal('person'), Type.Literal('bot'), Type.Literal('system')]),
  name: Type.String(),
})

export const ApprovalStatus = Type.Enum(APPROVAL_STATUSES)

/** An approval as the API tells it: everything a person needs to answer, and what became of it. */
export const ApprovalView = Type.Object(
  {
    approvalId: Type.String(),
    status: ApprovalStatus,
    gateway: Type.Object({ id: Type.String(), name: Type.String() }),
    connector: Type.String(),
    upstream: Type.String(),
    action: Type.String(),
    tool: nullable(Type.String()),
    arguments: Type.Unknown({ description: 'redacted' }),
    risk: Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high')]),
    rule: Type.String({ description: 'the rule that asked for a person' }),
    reasons: Type.Array(Type.String()),
    client: nullable(Type.Object({ name: Type.String(), version: Type.String() })),
    actionId: Type.String({ description: 'the action that asked first' }),
    attachments: Type.Integer({ description: 'how often the same call was made again while this was open' }),
    callDigest: Digest,
    binding: Type.Object({
      tenant: Type.String(),
      gatewayId: Type.String(),
      upstream: Type.String(),
      upstreamDigest: Digest,
      action: Type.String(),
      argsDigest: nullable(Digest),
      toolDigest: nullable(Digest),
      policyVersion: Type.String(),
    }),
    requestedAt: Instant,
    expiresAt: Instant,
    usableUntil: nullable(Instant),
    answer: nullable(Type.Union([Type.Literal('approve'), Type.Literal('deny')])),
    answeredBy: nullable(Type.String()),
    answeredByType: nullable(Actor.properties.type),
    answeredAt: nullable(Instant),
    answerReason: nullable(Type.String()),
    cancellation: nullable(Type.Object({ actor: Actor, reason: Type.String(), at: Instant })),
    claim: nullable(Type.Object({ actionId: Type.String(), claimant: Type.String(), at: Instant })),
    endedAt: nullable(Instant),
  },
  { title: 'Approval' },
)
export type ApprovalView = Static<typeof ApprovalView>

export function viewOf(approval: Approval): ApprovalView {
  const { answer, usableForMs: _, ...facts } = approval
  return {
    ...facts,
    upstream: approval.binding.upstream,
    action: approval.binding.action,
    reasons: [...approval.reasons],
    answer: answer?.vote ?? null,
    answeredBy: answer?.actor.name ?? null,
    answeredByType: answer?.actor.type ?? null,
    answeredAt: answer?.at ?? null,
    answerReason: answer?.reason ?? null,
  }
}
