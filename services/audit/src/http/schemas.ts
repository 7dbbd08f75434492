import { ListOf, pageQuery } from '@sallyport/http-api'
import { OUTCOMES, RISKS } from '@sallyport/policy/words'
import { Type } from 'typebox'

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])
const oneOf = <const T extends readonly string[]>(...values: T) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values] })

const Verdict = oneOf(...OUTCOMES)
const Risk = oneOf(...RISKS)
const Time = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'An ISO 8601 instant, or how long ago: 15m, 2h, 7d',
})

const filters = {
  gateway: Type.Optional(Text(256)),
  action: Type.Optional(
    Type.String({ minLength: 1, maxLength: 512, description: '`*` is any run of characters' }),
  ),
  verdict: Type.Optional(Verdict),
  search: Type.Optional(Type.String({ maxLength: 512, description: 'Words, all of which must occur' })),
  approval: Type.Optional(Text(64)),
  risk: Type.Optional(Risk),
}

export const TailQuery = Type.Object(filters, { additionalProperties: false })

export const TimelineQuery = Type.Object(
  {
    ...filters,
    since: Type.Optional(Time),
    until: Type.Optional(Time),
    order: Type.Optional(oneOf('asc', 'desc')),
    ...pageQuery,
  },
  { additionalProperties: false },
)

export const SummaryQuery = Type.Object(
  {
    since: Type.Optional(Time),
    until: Type.Optional(Time),
    gateway: Type.Optional(Text(256)),
    interval: Type.Optional(Type.String({ maxLength: 12, description: 'The width of a bucket: 1m, 1h, 1d' })),
  },
  { additionalProperties: false },
)

export const ActionParams = Type.Object({ actionId: Text(64) })

const Milliseconds = nullable(Type.Number())
const Decided = Type.Object({
  eventId: Type.String(),
  actionId: Type.String(),
  at: Type.String(),
  gateway: Type.String(),
  connector: Type.String(),
  upstream: Type.String(),
  action: Type.String(),
  tool: nullable(Type.String()),
  verdict: Verdict,
  rule: Type.String(),
  reasons: Type.Array(Type.String()),
  risk: Risk,
  phase: oneOf('initial', 'resumed'),
  decisionMs: Milliseconds,
  durationMs: Milliseconds,
  heldMs: Milliseconds,
  outcome: nullable(Type.String({ description: 'null while the action is not known to have ended' })),
  approvalId: nullable(Type.String()),
  answeredBy: nullable(Type.String()),
  fault: nullable(
    Type.String({ description: 'Set when a denial is a fault of Sallyport and not a judgement' }),
  ),
  arguments: Type.Unknown({ description: 'Redacted' }),
})

const position = { topic: Type.String(), partition: Type.Integer(), offset: Type.Integer() }

const Undecodable = Type.Object({
  eventId: Type.String(),
  at: Type.String(),
  undecodable: Type.Object({ ...position, reason: Type.String() }),
})

export const TimelinePage = ListOf(Type.Union([Decided, Undecodable]))

export const Story = ListOf(
  Type.Object({
    eventId: Type.String(),
    type: Type.String(),
    source: Type.String(),
    subject: Type.String(),
    at: Type.String(),
    ...position,
    data: Type.Unknown(),
  }),
)

const counts = { allow: Type.Integer(), deny: Type.Integer(), hold: Type.Integer() }
const Named = Type.Array(Type.Object({ name: Type.String(), total: Type.Integer(), ...counts }))
const Percentiles = Type.Object({ p50: Milliseconds, p95: Milliseconds })

export const SummaryAnswer = Type.Object({
  since: Type.String(),
  until: Type.String(),
  intervalMs: Type.Integer(),
  totals: Type.Object({ ...counts, undecodable: Type.Integer() }),
  durationMs: Percentiles,
  holdMs: Percentiles,
  actions: Named,
  gateways: Named,
  buckets: Type.Array(Type.Object({ at: Type.String(), ...counts })),
})
