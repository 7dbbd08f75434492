import { definitionOf, EVENTS, everyType, TOPICS } from '@sallyport/events'

/** What a column holds. `json` is JSON text; `findings` are several columns, one for each member of a finding. */
export type Kind = 'text' | 'texts' | 'number' | 'integer' | 'json' | 'findings'

/** One member of an event's data that fills a column. */
export interface Source {
  /** The member, or a member of an object that is one. */
  readonly path: readonly [string] | readonly [string, string]
  readonly kind: Kind
  /** The only texts that there are, where the schema lists them. */
  readonly literals: readonly string[] | undefined
  /** Whether an event is malformed without it. */
  readonly required: boolean
  readonly types: readonly string[]
}

export interface Column {
  readonly name: string
  readonly kind: Kind
  /** The first that says something fills the column. */
  readonly sources: readonly Source[]
}

/** As JSON Schema has it; TypeBox's schemas are that. */
interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly minLength?: number
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

/** Objects whose members are columns, and which of theirs. The members of a binding are columns by their own names. */
const OBJECTS: Readonly<Record<string, Readonly<Record<string, string>> | 'by name'>> = {
  gateway: { name: 'gateway', id: 'gateway_id' },
  upstream: { name: 'upstream' },
  actor: { name: 'actor', type: 'actor_type' },
  client: { name: 'client_name', version: 'client_version' },
  binding: 'by name',
}

/** Members that fill a column of another name. */
const RENAMED: Readonly<Record<string, string>> = {
  claimant: 'actor',
  stage: 'phase',
  by: 'layer',
}

/** Control events are about the thing with their `name`. */
const NAMED: Readonly<Record<string, string>> = {
  'sallyport.gateway.added.v1': 'gateway',
  'sallyport.gateway.token_rotated.v1': 'gateway',
  'sallyport.gateway.issuers_set.v1': 'gateway',
  'sallyport.gateway.owner_set.v1': 'gateway',
  'sallyport.gateway.revoked.v1': 'gateway',
  'sallyport.upstream.added.v1': 'upstream',
  'sallyport.upstream.removed.v1': 'upstream',
}

/** Members of actions and approvals that no column has: nobody looks for an event by them, and `value` has them. */
export const LEFT_OUT: ReadonlySet<string> = new Set([
  'request_id',
  // The column of the arguments has it.
  'arguments_text',
  'sealed_arguments',
  'unseen',
  'places',
  'protocol_version',
  'idempotency_key',
  'expires_at',
  'remind_at',
  'escalate_at',
  'usable_for_ms',
  'tenant',
  'upstream_digest',
  'place',
  'messages',
  'destination',
  'person_id',
  'link_id',
  // An edit is read from the event that says it.
  'editable',
  'edited_by',
  'based_on',
  'edited_digest',
  'digest',
  'patch',
  'changes',
  // For the person who answers; their actions have rows of their own.
  'principal',
  'so_far',
  'comment_id',
  'comment',
  // A dead letter speaks of another record, whose facts do not belong into its own row.
  'consumer',
  'topic',
  'partition',
  'offset',
  'event_id',
  'event_type',
  'attempts',
  // How an agent repeats itself is read from the event that says it.
  'times',
  'pause_ms',
  // How many events are missing is read from the event that says it.
  'count',
  'since',
  'until',
  // The row of each vote says whose they are.
  'approvers',
  'first_attempt_at',
])

/** The columns of `events` that are read from an event's data, as the schemas of all events say. */
export const COLUMNS: readonly Column[] = columnsOf()

function columnsOf(): Column[] {
  const columns = new Map<string, Source[]>()
  const all = everyType().flatMap((type) => membersOf(type))
  const known = new Set(all.filter(({ topic }) => topic !== TOPICS.control).map(({ column }) => column))
  for (const { column, source } of all) {
    if (!known.has(column) || LEFT_OUT.has(column)) continue
    const sources = columns.get(column) ?? []
    columns.set(column, sources)
    const same = sources.findIndex((other) => isSame(other, source))
    const other = sources[same]
    if (other) sources[same] = { ...other, types: [...other.types, ...source.types] }
    else sources.push(source)
  }
  return [...columns].map(([name, sources]) => ({ name, kind: sources[0]?.kind ?? 'text', sources }))
}

interface Member {
  readonly topic: string
  readonly column: string
  readonly source: Source
}

function membersOf(type: string): Member[] {
  const definition = definitionOf(type)
  if (!definition) return []
  const { topic } = definition
  const schema = definition.schema as Schema
  return Object.entries(schema.properties ?? {}).flatMap(([member, given]) => {
    const { schema: inner, nullable } = withoutNull(given)
    const present = !nullable && (schema.required ?? []).includes(member)
    const object = inner.properties ? OBJECTS[member] : undefined
    if (object === undefined) {
      const kind = kindOf(inner)
      const column = (member === 'name' ? NAMED[type] : undefined) ?? columnOf(member)
      return kind ? [{ topic, column, source: sourceOf([member], kind, inner, present, type) }] : []
    }
    return Object.entries(inner.properties ?? {}).flatMap(([name, part]) => {
      const column = object === 'by name' ? snakeCase(name) : object[name]
      const { schema: own, nullable: optional } = withoutNull(part)
      const kind = kindOf(own)
      if (!column || !kind) return []
      return [{ topic, column, source: sourceOf([member, name], kind, own, present && !optional, type) }]
    })
  })
}

function sourceOf(path: Source['path'], kind: Kind, schema: Schema, present: boolean, type: string): Source {
  const literals = literalsOf(schema)
  // An empty text says as much as none, unless the schema forbids it.
  const required = present && (kind !== 'text' || literals !== undefined || (schema.minLength ?? 0) > 0)
  return { path, kind, literals, required: required && kind !== 'json', types: [type] }
}

function kindOf(schema: Schema): Kind | undefined {
  if (schema.anyOf) return schema.anyOf.every((one) => kindOf(one)) ? 'text' : undefined
  if (schema.const !== undefined || schema.type === 'string') return 'text'
  if (schema.type === 'number' || schema.type === 'integer') return schema.type
  if (schema.type === 'array') return schema.items?.type === 'string' ? 'texts' : findingsOf(schema)
  return schema.type === undefined ? 'json' : undefined
}

function findingsOf({ items }: Schema): Kind | undefined {
  return items?.properties?.['rule'] && items.properties['place'] ? 'findings' : undefined
}

/** The members of a finding, each a column `findings.NAME`. */
export const FINDING_MEMBERS: readonly string[] = Object.keys(
  (EVENTS['sallyport.action.decided.v1'].schema as Schema).properties?.['findings']?.items?.properties ?? {},
)

function literalsOf({ anyOf, const: only }: Schema): readonly string[] | undefined {
  const texts = (anyOf ?? [{ const: only }]).map((one) => one.const)
  return texts.every((text) => typeof text === 'string') ? texts : undefined
}

function withoutNull(schema: Schema): { readonly schema: Schema; readonly nullable: boolean } {
  const some = schema.anyOf?.filter(({ type }) => type !== 'null')
  if (!some || some.length === schema.anyOf?.length) return { schema, nullable: false }
  const [only] = some
  return { schema: some.length === 1 && only ? only : { anyOf: some }, nullable: true }
}

function columnOf(member: string): string {
  return RENAMED[member] ?? snakeCase(member)
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function isSame(a: Source, b: Source): boolean {
  const facts = ({ path, kind, literals, required }: Source) =>
    JSON.stringify([path, kind, literals ?? null, required])
  return facts(a) === facts(b)
}
