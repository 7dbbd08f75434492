import { Type } from 'typebox'
import { command } from './control.ts'
import { SecretReference } from './credentials.ts'
import { closed, Id, Name, Text } from './parts.ts'

/** Where the secret is that signs the messages: in a place that is named, or made of the installation's secret. */
const WebhookSecret = Type.Union([SecretReference, Type.Object({ kind: Type.Literal('derived') }, closed)])

export const WebhookAdded = Type.Object(
  {
    ...command,
    id: Id,
    name: Name,
    url: Type.String({ minLength: 1, maxLength: 2048 }),
    events: Type.Array(Name, {
      minItems: 1,
      maxItems: 32,
      description: 'patterns over the types, such as approval.*',
    }),
    secret: WebhookSecret,
  },
  closed,
)
/** The id too: a webhook of the same name that was added meanwhile is not meant. */
export const WebhookDisabled = Type.Object({ ...command, id: Id, name: Name, reason: Text }, closed)
export const WebhookRemoved = Type.Object({ ...command, name: Name }, closed)
