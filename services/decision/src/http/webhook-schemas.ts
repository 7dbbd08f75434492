import { SecretReference } from '@sallyport/events'
import { Type } from 'typebox'
import { Instant, Name } from './schemas.ts'

const EventPattern = Type.String({
  minLength: 1,
  maxLength: 256,
  description:
    'approval.*, action.decided, *: a pattern over event types; sallyport. and the version may be left out',
})

export const NewWebhook = Type.Object(
  {
    name: Name,
    url: Type.String({ minLength: 1, maxLength: 2048 }),
    events: Type.Array(EventPattern, { minItems: 1, maxItems: 32 }),
    secret: Type.Optional(Type.Union([SecretReference, Type.Null()])),
    insecure: Type.Optional(
      Type.Boolean({ description: 'allows http to an address that is not on this machine' }),
    ),
  },
  { additionalProperties: false },
)

export const WebhookView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  url: Type.String(),
  events: Type.Array(Type.String()),
  secret: Type.Union([SecretReference, Type.Object({ kind: Type.Literal('derived') })]),
  createdAt: Instant,
  disabled: Type.Union([Type.Object({ reason: Type.String(), at: Instant }), Type.Null()]),
})

export const WebhookWithSecret = Type.Object({
  ...WebhookView.properties,
  signingSecret: Type.Union([Type.String(), Type.Null()], { description: 'shown only now' }),
})
