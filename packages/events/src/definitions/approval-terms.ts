import { Type } from 'typebox'
import { closed, Milliseconds, nullable, Selector } from './parts.ts'

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
  },
  closed,
)
