import { EVENTS, type EventType, jsonSchemaOf, TOPICS } from '@sallyport/events'

interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly pattern?: string
}

const KEYS = {
  'sallyport.actions': 'tenant/gateway',
  'sallyport.approvals': 'call digest',
  'sallyport.control': 'tenant',
  'sallyport.dead_letters': 'consumer',
}

const CRITICALITY = {
  critical: 'Critical: it changes who may do what.',
  passable: "Passable: it changes nobody's rights.",
}

export function eventsPage(): string {
  const sections = Object.values(TOPICS).map((topic) => {
    const types = (Object.keys(EVENTS) as EventType[]).filter((type) => EVENTS[type].topic === topic)
    return `## ${topic}\n\nKeyed by ${KEYS[topic]}.\n\n${types.map(eventSection).join('\n\n')}`
  })
  return `# Events

Every event is a CloudEvent 1.0 in the binary mode of the Kafka protocol binding: attributes are the record's headers,
the value is the data as JSON, described by the JSON Schema in \`proto/events/<type>.json\`. The last part of a type is
its version. A change that is not an addition makes a new version, with an upcaster for the old one.

An event is closed when it is written and tolerant when it is read: members that a reader does not know are kept and mean
nothing. A record that a reader cannot read at all is of an unknown type, or has a value that the reader's schema does not
have, or is not an event. The reader stops at it where the event is *critical*, passes over it where it is *passable*, and
counts what it passed over in \`sallyport_events_passed_over_total\`. Of a type that the reader does not know,
\`ce_critical\` says which it is; without that header (earlier releases did not write it) what stands on
\`sallyport.actions\` is passable and everything else critical. ClickHouse gets a row of every record, read or not.

| header | what |
|---|---|
| \`ce_id\` | UUIDv7; consumers drop what they have seen |
| \`ce_type\`, \`ce_specversion\`, \`ce_dataschema\`, \`content-type\` | the type, \`1.0\`, its schema, \`application/json\` |
| \`ce_critical\` | \`true\` where a reader that cannot read the event must stop, \`false\` where it may pass over it |
| \`ce_source\`, \`ce_subject\` | the part that saw it, and the action, approval or gateway it is about |
| \`ce_time\` | RFC 3339, UTC, milliseconds |
| \`ce_tenant\`, \`ce_partitionkey\` | whose it is, and what keeps its order |
| \`ce_producer\`, \`ce_epoch\`, \`ce_seq\`, \`ce_prevhash\` | the producer chain, see the architecture |

Generated from \`packages/events\` by \`npm run docs\`; a test compares.

${sections.join('\n\n')}
`
}

function eventSection(type: EventType): string {
  const schema = jsonSchemaOf(type) as Schema
  const rows = Object.entries(schema.properties ?? {}).map(
    ([name, field]) => `| \`${name}\` | ${typeOf(field)} |`,
  )
  return `### ${type}\n\n${EVENTS[type].meaning}\n\n${CRITICALITY[EVENTS[type].criticality]}\n\n| member | type |\n|---|---|\n${rows.join('\n')}`
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`
  if (schema.type === 'object') return `{${Object.keys(schema.properties ?? {}).join(', ')}}`
  if (schema.pattern?.includes('[0-9a-f]{64}')) return 'hex digest'
  if (schema.pattern) return 'instant'
  return schema.type ?? 'any JSON'
}
