import { APPROVAL_STATUSES } from '@sallyport/approval'
import { ListOf, pageQuery } from '@sallyport/http-api'
import { OUTCOMES, RISKS } from '@sallyport/policy/words'
import { Type } from 'typebox'
import { TIMELINE_KINDS } from '../domain/timeline-filter.ts'

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
  kind: Type.Optional(
    Type.Unsafe<(typeof TIMELINE_KINDS)[number]>({
      type: 'string',
      enum: [...TIMELINE_KINDS],
      description: 'What agents did (the default), what people and bots administered, or both',
    }),
  ),
  gateway: Type.Optional(Text(256)),
  upstream: Type.Optional(Text(256)),
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
const HoldEnd = Type.Object(
  {
    status: oneOf(...APPROVAL_STATUSES),
    by: nullable(Type.String()),
    at: nullable(Type.String()),
    reason: nullable(Type.String()),
  },
  { description: 'What has become of the approval that a held action asked for' },
)
const Decided = Type.Object({
  kind: Type.Literal('action'),
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
  grantId: nullable(Type.String({ description: 'the grant that let it go on, born of that approval' })),
  answeredBy: nullable(Type.String()),
  fault: nullable(
    Type.String({ description: 'Set when a denial is a fault of Sallyport and not a judgement' }),
  ),
  late: Type.Boolean({
    description: 'Recorded after the fact: the log could not be written when it was decided',
  }),
  holdEnd: nullable(HoldEnd),
  arguments: Type.Unknown({ description: 'Redacted, with the numbers as they were sent' }),
  meta: Type.Unknown({ description: 'The `_meta` of an MCP message, redacted; null without one' }),
})

const Administrative = Type.Object({
  kind: Type.Literal('admin'),
  eventId: Type.String(),
  at: Type.String(),
  by: Type.Object({ type: oneOf('person', 'bot', 'system'), name: Type.String() }),
  act: Type.String({ description: 'The type of the event without its version, such as `kill_switch.set`' }),
  summary: Type.String(),
  gateway: nullable(Type.String()),
  upstream: nullable(Type.String()),
  action: nullable(Type.String({ description: 'The pattern of a permission' })),
  reason: nullable(Type.String()),
  effect: nullable(oneOf('done', 'rejected', 'repeated')),
  rejection: nullable(Type.String({ description: 'Why it changed nothing' })),
})

const position = { topic: Type.String(), partition: Type.Integer(), offset: Type.Integer() }

const Undecodable = Type.Object({
  kind: Type.Literal('undecodable'),
  eventId: Type.String(),
  at: Type.String(),
  undecodable: Type.Object({ ...position, reason: Type.String() }),
})

export const TimelinePage = ListOf(Type.Union([Decided, Administrative, Undecodable]))

export const Story = ListOf(
  Type.Object({
    eventId: Type.String(),
    type: Type.String(),
    source: Type.String(),
    subject: Type.String(),
    at: Type.String(),
    ...position,
    late: Type.Boolean({
      description: 'Recorded after the fact: the log could not be written when it happened',
    }),
    data: Type.Unknown(),
    effect: nullable(
      Type.Unsafe<'done' | 'rejected' | 'repeated'>({
        type: 'string',
        enum: ['done', 'rejected', 'repeated'],
        description: 'What came of an event about an approval; null of others, and where it is not known',
      }),
    ),
    rejection: nullable(Type.String({ description: 'Why it changed nothing' })),
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
