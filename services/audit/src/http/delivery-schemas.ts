import { Type } from 'typebox'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()])

export const DeliveryParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 63 }) })

export const DeliveryView = Type.Object({
  name: Type.String({ description: "the webhook's name" }),
  kind: Type.Literal('webhook'),
  status: Type.Union([
    Type.Literal('delivering'),
    Type.Literal('standby'),
    Type.Literal('failing'),
    Type.Literal('disabled'),
  ]),
  reason: nullable(Type.String({ description: 'why it fails, or was disabled' })),
  lagEvents: Type.Integer({ description: 'records of its topics that it has not dealt with' }),
  lagMs: Type.Integer({ description: 'how long the event on its way has been in the log' }),
  deadLetters: Type.Integer(),
})

export const DeadLetterView = Type.Object({
  topic: Type.String(),
  partition: Type.Integer(),
  offset: Type.Integer(),
  eventId: nullable(Type.String()),
  eventType: nullable(Type.String()),
  reason: Type.String(),
  attempts: Type.Integer(),
  firstAttemptAt: Type.String(),
  deadLetteredAt: Type.String(),
})

export const ReplayRequest = Type.Object(
  {
    eventId: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'only this event; all without it' }),
    ),
  },
  { additionalProperties: false },
)
export const ReplayAnswer = Type.Object({
  requested: Type.Integer({ description: 'events that will be delivered again' }),
})

export const TestAnswer = Type.Object({
  delivered: Type.Boolean(),
  status: nullable(Type.Integer({ description: 'the HTTP status that confirmed it' })),
  reason: nullable(Type.String()),
})
