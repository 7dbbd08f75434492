import { Type } from 'typebox'
import { Actor, closed, Digest, Instant, Name, nullable } from './parts.ts'

const command = { actor: Actor, idempotencyKey: nullable(Digest) }

export const OfferedKind = Type.Union([
  Type.Literal('tool'),
  Type.Literal('prompt'),
  Type.Literal('resource'),
  Type.Literal('template'),
])
export const CatalogMode = Type.Union([Type.Literal('log'), Type.Literal('block'), Type.Literal('hold')])
/** A tool's or prompt's name, a resource's URI, a template's URI template; or `sha256:` and its digest. */
export const OfferedKey = Type.String({ minLength: 1, maxLength: 1024 })

const Listed = Type.Object(
  {
    key: OfferedKey,
    /** Where `key` is a digest: `sha256:` and the digest of the plain text of the URI, which all its spellings have. */
    address: Type.Optional(OfferedKey),
    /** SHA-256 over the whole object as it was listed, its keys sorted. */
    fingerprint: Digest,
    /** The object as JSON text, keys sorted, secrets taken out; null where it is too large to be kept. */
    definition: nullable(Type.String({ maxLength: 32_768 })),
    /** Whether `definition` is all of it: nothing was taken out or cut. */
    entire: Type.Boolean(),
  },
  closed,
)

export const CatalogObserved = Type.Object(
  {
    ...command,
    upstream: Name,
    /** When that upstream was registered: what was seen of another one under this name counts for nothing. */
    registeredAt: Instant,
    kind: OfferedKind,
    /** What is not in the catalog in this way yet. */
    listed: Type.Array(Listed, { maxItems: 256 }),
    /** What is in the catalog, and was not on any page of a whole list. */
    missing: Type.Array(OfferedKey, { maxItems: 256 }),
    /** Whether with this everything of a whole list is told: what comes later is an addition. */
    whole: Type.Boolean(),
    /** What is listed in a way that cannot be read without doubt, and is shown to nobody. */
    refused: Type.Optional(
      Type.Array(
        Type.Object(
          {
            key: OfferedKey,
            /** The rule that the definition breaks, and a JSON Pointer to the place in it. */
            rule: Name,
            place: Type.String({ maxLength: 1024 }),
          },
          closed,
        ),
        { maxItems: 256 },
      ),
    ),
  },
  closed,
)

export const CatalogAccepted = Type.Object(
  {
    ...command,
    upstream: Name,
    entities: Type.Array(
      Type.Object(
        {
          kind: OfferedKind,
          key: OfferedKey,
          /** What was seen and is accepted; null accepts that it is gone. */
          fingerprint: nullable(Digest),
        },
        closed,
      ),
      { minItems: 1, maxItems: 1000 },
    ),
  },
  closed,
)

export const CatalogModeSet = Type.Object(
  {
    ...command,
    upstream: Name,
    kind: OfferedKind,
    /** One of them, whatever its state; null: all of the kind that are in the state `status`. */
    key: nullable(OfferedKey),
    status: nullable(Type.Union([Type.Literal('changed'), Type.Literal('added'), Type.Literal('unknown')])),
    /** Null goes back to the default. */
    mode: nullable(CatalogMode),
  },
  closed,
)
