import { CatalogMode, OfferedKey, OfferedKind } from '@sallyport/events'
import { pageQuery } from '@sallyport/http-api'
import { Type } from 'typebox'
import { Instant, Name } from './schemas.ts'

const Fingerprint = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 over the whole definition, keys sorted',
})
const NoFingerprint = Type.Union([Fingerprint, Type.Null()])
const Status = Type.Union([
  Type.Literal('accepted'),
  Type.Literal('changed'),
  Type.Literal('added'),
  Type.Literal('removed'),
  Type.Literal('refused'),
])
const Differing = Type.Union([Type.Literal('changed'), Type.Literal('added'), Type.Literal('unknown')])
const NoMode = Type.Union([CatalogMode, Type.Null()])

export const OfferedView = Type.Object({
  upstream: Type.String(),
  kind: OfferedKind,
  key: Type.String({ description: 'a name, a URI or a URI template' }),
  status: Status,
  mode: CatalogMode,
  ownMode: NoMode,
  accepted: NoFingerprint,
  offered: NoFingerprint,
  since: Instant,
  refused: Type.Union([Type.String(), Type.Null()], {
    description: 'why what is listed now is refused: the rule that it breaks and a JSON Pointer to the place',
  }),
})

export const CatalogQuery = Type.Object(
  {
    ...pageQuery,
    upstream: Type.Optional(Name),
    kind: Type.Optional(OfferedKind),
    key: Type.Optional(OfferedKey),
    status: Type.Optional(Status),
  },
  { additionalProperties: false },
)

export const DifferenceView = Type.Object({
  ...OfferedView.properties,
  differences: Type.Array(
    Type.Object({
      place: Type.String({ description: 'RFC 6901; empty for the whole definition' }),
      before: Type.Union([Type.String({ description: 'JSON' }), Type.Null()]),
      after: Type.Union([Type.String({ description: 'JSON' }), Type.Null()]),
    }),
  ),
  complete: Type.Boolean({
    description: 'whether everything that differs is shown: nothing was too large or taken out',
  }),
})

export const Acceptance = Type.Object(
  {
    upstream: Name,
    entities: Type.Array(
      Type.Object(
        {
          kind: OfferedKind,
          key: OfferedKey,
          fingerprint: Type.Union([Fingerprint, Type.Null()], {
            description: 'what was seen and is accepted; null accepts that it is gone',
          }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 1000 },
    ),
  },
  { additionalProperties: false },
)
export const Accepted = Type.Object({ upstream: Type.String(), accepted: Type.Integer() })

export const NewMode = Type.Object(
  {
    upstream: Name,
    kind: OfferedKind,
    key: Type.Optional(
      Type.Union([OfferedKey, Type.Null()], { description: 'one of them, whatever its state' }),
    ),
    status: Type.Optional(
      Type.Union([Differing, Type.Null()], { description: 'all of the kind that are in this state' }),
    ),
    mode: Type.Union([CatalogMode, Type.Null()], { description: 'null goes back to the default' }),
  },
  { additionalProperties: false },
)
export const ModeView = Type.Object({
  upstream: Type.String(),
  kind: OfferedKind,
  status: Differing,
  mode: CatalogMode,
  isDefault: Type.Boolean(),
})
export const ModeQuery = Type.Object(
  { ...pageQuery, upstream: Type.Optional(Name) },
  { additionalProperties: false },
)
