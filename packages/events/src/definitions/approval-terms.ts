import { Type } from 'typebox'
import { closed, Digest, Milliseconds, Name, nullable, Selector } from './parts.ts'

export const Selectors = Type.Array(Selector, { maxItems: 16 })

/** So many votes, each of somebody else, of those whom one of the selectors takes. */
export const Stages = Type.Array(
  Type.Object(
    {
      need: Type.Integer({ minimum: 1, maximum: 20 }),
      of: Type.Array(Selector, { minItems: 1, maxItems: 16 }),
    },
    closed,
  ),
  { minItems: 1, maxItems: 8 },
)

/** What a permission asks of an approval beside that there is one; a time that is null is that of the installation. */
export const ApprovalTerms = Type.Object(
  {
    stages: Stages,
    answerWithinMs: nullable(Milliseconds),
    useWithinMs: nullable(Milliseconds),
    remindAfterMs: nullable(Milliseconds),
    escalateAfterMs: nullable(Milliseconds),
    fallback: Selectors,
    /** The longest grant that may be born of it; 0: none. Absent: that of the installation. */
    grantWithinMs: Type.Optional(Milliseconds),
  },
  closed,
)

/** For which calls an approval is good beside the one that it is about: those of the same tool that all of it admits. */
export const GrantTerms = Type.Object(
  {
    /** Only those of the session of the call that was approved. */
    session: Type.Boolean(),
    /** From the last vote on. */
    forMs: Milliseconds,
    /** How many calls, beside the one that was approved; null: any number. */
    uses: nullable(Type.Integer({ minimum: 1, maximum: 10_000 })),
    /** Only those whose arguments fit, see `ArgumentPattern` in @sallyport/policy; null: any arguments. */
    arguments: nullable(
      Type.Object(
        {
          where: Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), { minItems: 1, maxItems: 32 }),
          /** Whether arguments that are not named may be there, and be anything. */
          others: Type.Boolean(),
        },
        closed,
      ),
    ),
  },
  closed,
)

/** What a grant is bound to beside the tool: how the gateway was let in, its session, and whom the agent acts for. */
export const Caller = Type.Object(
  {
    /** See `gatewayCredential` of a `DecisionInput`. */
    credential: Name,
    /** As events call it. */
    session: nullable(Name),
    /** SHA-256 of the issuer and the subject. */
    principal: nullable(Digest),
  },
  closed,
)
