import { type Static, type TLiteral, Type } from 'typebox'

/** What became of the action. */
export const DENIAL_OUTCOMES = ['denied', 'paused', 'pending', 'expired', 'failed'] as const
export type DenialOutcome = (typeof DENIAL_OUTCOMES)[number]

/** What refused it. `person`: an answer, or the want of one. */
export const DENIAL_CAUSES = ['policy', 'person', 'limit', 'protocol', 'fault'] as const
export type DenialCause = (typeof DENIAL_CAUSES)[number]

/** Whether sending it again can help. */
export const RETRIES = ['no', 'same_call', 'changed_call', 'after_change', 'later'] as const
export type Retry = (typeof RETRIES)[number]

/** The kind of person who can let it through. */
export const GRANTORS = ['administrator', 'approver', 'operator'] as const
export type Grantor = (typeof GRANTORS)[number]

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description })

/**
 * What an agent is told of an action that was not carried out, on every transport: `structuredContent` and
 * `_meta["sallyport/denial"]` of a tool result, `error.data` of a JSON-RPC error, members of a problem document.
 */
export const DenialShape = Type.Object(
  {
    message: Type.String({
      description: 'The same in words. An error that the protocol defines has its own words beside them.',
    }),
    outcome: wordOf(
      DENIAL_OUTCOMES,
      '`denied` by a rule, a person, a limit or the protocol; `paused`: denied and repeated too often; `pending`: it waits for a person; `expired`: nobody answered in time; `failed`: a fault of Sallyport.',
    ),
    because: wordOf(DENIAL_CAUSES, 'What refused it. Only `fault` means that something is broken.'),
    code: Type.String({
      description: '`SP_DENIED`, `SP_PENDING`, or the code of the fault, limit or protocol error.',
    }),
    rule: Type.String({ description: 'The rule that gave the verdict.' }),
    reasons: Type.Array(Type.String(), { description: 'Why, in words, as the record has them.' }),
    policyVersion: Type.String({ description: 'The version of the rules it was judged by.' }),
    upstream: Type.String({ description: 'Its registered name.' }),
    action: Type.String({ description: 'The action as permissions name it.' }),
    actionId: Type.String({ description: 'Its id in the record: give it to whoever looks after Sallyport.' }),
    approvalId: nullable(Type.String(), 'The approval that it waits or waited for.'),
    approvalUrl: nullable(Type.String(), 'The page where a person answers.'),
    allowed: Type.Array(
      Type.Object(
        {
          kind: wordOf(['tool', 'prompt', 'method'] as const),
          name: Type.String(),
          needsPerson: Type.Boolean({ description: 'Whether a person is asked about each use.' }),
        },
        { additionalProperties: false },
      ),
      {
        description:
          'What this gateway may use in its place, at the same upstream: the nearest by name first.',
      },
    ),
    limits: Type.Array(
      Type.Object(
        { of: Type.String(), most: Type.Integer({ minimum: 0 }), unit: Type.String() },
        { additionalProperties: false },
      ),
      { description: 'The limits within which it would be judged.' },
    ),
    access: Type.Object(
      {
        by: nullable(wordOf(GRANTORS), 'Null where nobody has to permit it.'),
        how: Type.String({ description: 'In words; never a command.' }),
        tool: nullable(Type.String(), 'The tool that asks a person for access, where it is offered.'),
      },
      { additionalProperties: false, description: 'The person who can let it through.' },
    ),
    retry: wordOf(
      RETRIES,
      'Whether sending it again can help: `no`; `same_call` goes on or asks a person anew; `changed_call`: another one, such as with other arguments; `after_change`: once a person has changed a rule; `later`.',
    ),
    retryAfterMs: nullable(Type.Integer({ minimum: 0 }), 'Not before so many milliseconds.'),
    edited: nullable(
      Type.Object(
        {
          by: Type.String({ description: 'The name of whoever edited it.' }),
          reason: nullable(Type.String(), 'Why, in their words.'),
          changes: Type.Array(
            Type.Object(
              {
                place: Type.String({ description: 'JSON pointer into the arguments.' }),
                from: nullable(Type.String(), 'What the agent sent; null where there was nothing.'),
                to: nullable(Type.String(), 'Null where it was removed.'),
              },
              { additionalProperties: false },
            ),
            { description: 'With secrets masked, the first hundred.' },
          ),
          more: Type.Integer({ minimum: 0, description: 'How many more changes there are.' }),
        },
        { additionalProperties: false },
      ),
      'What was refused is the action with other arguments, which a person has put in the place of those that the agent sent.',
    ),
    times: Type.Integer({
      minimum: 1,
      description: 'How often exactly this was denied lately, this one counted.',
    }),
  },
  { title: 'Denial', description: 'What an agent is told of an action that was not carried out.' },
)

export type Denial = Static<typeof DenialShape>
export type Alternative = Denial['allowed'][number]
export type ArgumentLimit = Denial['limits'][number]

function wordOf<const Word extends string>(words: readonly Word[], description?: string) {
  const literals: unknown = words.map((word) => Type.Literal(word))
  return Type.Union(literals as [TLiteral<Word>], description === undefined ? {} : { description })
}
