import { GRANT_STATUSES, type Grant, grantAt, usesLeft } from '@sallyport/approval'
import { type GrantTerms, grantText } from '@sallyport/policy'
import { type Static, Type } from 'typebox'

const Instant = Type.String({ format: 'date-time' })
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])

export const GrantTermsView = Type.Object({
  session: Type.Boolean({ description: 'only calls of the session of the call that was approved' }),
  forMs: Type.Number({ description: 'from the last vote on' }),
  uses: nullable(Type.Integer({ description: 'calls, beside the one that was approved' })),
  arguments: nullable(
    Type.Object({
      where: Type.Array(Type.String(), { description: 'what the arguments have to fit' }),
      others: Type.Boolean({ description: 'whether arguments that are not named may be there' }),
    }),
  ),
})

/** A grant as the API tells it. */
export const GrantView = Type.Object(
  {
    grantId: Type.String(),
    approvalId: Type.String({ description: 'the approval that it was born of' }),
    status: Type.Enum(GRANT_STATUSES),
    gateway: Type.Object({ id: Type.String(), name: Type.String() }),
    connector: Type.String(),
    upstream: Type.String(),
    action: Type.String(),
    tool: nullable(Type.String()),
    risk: Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high')]),
    rule: Type.String({ description: 'the rule that would hold its calls' }),
    terms: GrantTermsView,
    text: Type.String({ description: 'the terms in words' }),
    session: nullable(Type.String({ description: 'of the call that was approved, as events call it' })),
    approvers: Type.Array(Type.String()),
    givenAt: Instant,
    until: Instant,
    used: Type.Integer(),
    usesLeft: nullable(Type.Integer({ description: 'null: any number' })),
    lastUsedAt: nullable(Instant),
    endedAt: nullable(Instant),
    endedBy: nullable(Type.String()),
    endReason: nullable(Type.String()),
  },
  { title: 'Grant' },
)
export type GrantView = Static<typeof GrantView>

/** `now`: RFC 3339. */
export function grantViewOf(known: Grant, now: string): GrantView {
  const grant = grantAt(known, now)
  const { held, approvers, terms, revocation, usedBy: _, callDigest: __, ...facts } = grant
  return {
    ...facts,
    upstream: held.binding.upstream,
    action: held.binding.action,
    rule: held.rule,
    terms: termsViewOf(terms),
    text: grantText(terms),
    session: terms.session ? held.caller.session : null,
    approvers: approvers.map(({ name }) => name),
    usesLeft: usesLeft(grant),
    endedBy: revocation?.actor.name ?? null,
    endReason: revocation?.reason ?? null,
  }
}

export function termsViewOf(terms: GrantTerms): Static<typeof GrantTermsView> {
  const { arguments: given } = terms
  return { ...terms, arguments: given && { ...given, where: [...given.where] } }
}
