import { DECISIONS, OUTCOMES, RISKS, ROLES, SELECTOR_KINDS } from '@sallyport/policy/words'
import { type TLiteral, Type } from 'typebox'

/** Pieces that several events share. Every object is closed where it is written; a reader keeps what it does not know. */
export const closed = { additionalProperties: false } as const

export const Name = Type.String({ minLength: 1, maxLength: 256 })
export const Id = Type.String({ minLength: 1, maxLength: 64 })
/** Lower-case hex of a SHA-256 or HMAC-SHA-256. */
export const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' })
/** RFC 3339, UTC, milliseconds. */
export const Instant = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' })
export const Milliseconds = Type.Number({ minimum: 0 })
export const Bytes = Type.Integer({ minimum: 0 })
export const Text = Type.String({ maxLength: 8192 })

export const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])

export const Risk = wordOf(RISKS)
export const Outcome = wordOf(OUTCOMES)
export const Decision = wordOf(DECISIONS)
export const Role = wordOf(ROLES)

/** Who may answer an approval: a group or a role by its name, a person by their id, or anyone. */
export const Selector = Type.Object({ kind: wordOf(SELECTOR_KINDS), name: Name, id: nullable(Id) }, closed)

export const GatewayRef = Type.Object({ id: Id, name: Name }, closed)
/** The actor: a person or a bot by the name of their token, the agent through its gateway, or a part of ours. */
export const Actor = Type.Object(
  {
    type: Type.Union([Type.Literal('person'), Type.Literal('bot'), Type.Literal('system')]),
    name: Name,
    /** Of the token. The name can be given to another token later, and the id cannot. Parts of ours have none. */
    id: Type.Optional(Id),
    /** Of the person or bot whose token it is. A token of its own has none. */
    holderId: Type.Optional(Id),
  },
  closed,
)
export const Finding = Type.Object(
  { kind: Name, rule: Name, place: Type.String({ maxLength: 1024 }), severity: Risk },
  closed,
)
export const Client = Type.Object(
  { name: Type.String({ maxLength: 256 }), version: Type.String({ maxLength: 256 }) },
  closed,
)

/**
 * The recorded arguments once more, as JSON text, where JavaScript would write one of their numbers differently from how
 * it was sent (`1234567890123456789`, `1E2`, `-0`). Whoever shows arguments takes this one then.
 */
export const argumentsText = Type.Optional(Type.String({ maxLength: 65_536 }))
/** The `_meta` of an MCP message as JSON text, with secrets taken out; null or absent without one. */
export const meta = Type.Optional(nullable(Type.String({ maxLength: 65_536 })))

/** What an action is, repeated in each event about it so that one row tells a whole line of the log. */
export const actionFacts = {
  actionId: Id,
  gateway: GatewayRef,
  connector: Name,
  upstream: Name,
  action: Name,
  risk: Risk,
  verdict: Outcome,
  /** The rule that gave the verdict, e.g. `permission mcp.tools.read_*`. */
  rule: Text,
  reasons: Type.Array(Text, { maxItems: 32 }),
  policyVersion: Type.String({ maxLength: 64 }),
  approvalId: nullable(Id),
  /** The grant that let a held action go on, which was born of that approval. */
  grantId: Type.Optional(Id),
  /** The name of the person or bot whose answer let a held action go on (or stopped it). */
  answeredBy: nullable(Name),
}

/** One of the words that the domain has a list of. */
function wordOf<Word extends string>(words: readonly Word[]) {
  const literals: unknown = words.map((word) => Type.Literal(word))
  return Type.Union(literals as [TLiteral<Word>])
}
