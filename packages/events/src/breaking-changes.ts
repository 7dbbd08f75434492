/**
 * What is compared: the part of JSON Schema 2020-12 that our definitions use. A keyword that is not here and differs
 * counts as a break, so a new one has to be understood first.
 */
export interface EventSchema {
  readonly type?: string
  readonly const?: unknown
  readonly anyOf?: readonly EventSchema[]
  readonly properties?: Readonly<Record<string, EventSchema>>
  readonly required?: readonly string[]
  readonly items?: EventSchema
  readonly [keyword: string]: unknown
}

/** Keywords that say nothing about which values there may be. */
const SILENT = new Set(['$schema', '$id', 'title', 'description', 'x-topic', 'x-critical'])
const UNDERSTOOD = new Set(['type', 'const', 'anyOf', 'properties', 'required', 'items', 'pattern'])
/** The larger the keyword's value, the fewer values are left; and the other way round. */
const LOWER_BOUNDS = new Set(['minLength', 'minItems', 'minimum'])
const UPPER_BOUNDS = new Set(['maxLength', 'maxItems', 'maximum'])

/**
 * Why the schemas of a release break those that were published before, by type; empty when they do not. Events that
 * were written must stay readable, so nothing may be removed, newly required or narrowed. Events that are written now
 * must have the members that an earlier reader needs. A wider type is allowed: an earlier reader cannot read such an
 * event, but does not misread it.
 */
export function breakingChanges(
  before: Readonly<Record<string, EventSchema>>,
  after: Readonly<Record<string, EventSchema>>,
): string[] {
  const unsaid = Object.entries(after)
    .filter(([, schema]) => typeof schema['x-critical'] !== 'boolean')
    .map(([type]) => `${type} does not say whether it is critical`)
  const broken = Object.entries(before).flatMap(([type, schema]) => {
    const now = after[type]
    if (now === undefined) return [`${type} is gone: an earlier version needs an upcaster`]
    return [...changedFacts(schema, now), ...breaksOf(schema, now, '')].map((what) => `${type}${what}`)
  })
  return [...unsaid, ...broken]
}

function changedFacts(before: EventSchema, after: EventSchema): string[] {
  return ['x-topic', 'x-critical']
    .filter((fact) => before[fact] !== undefined && before[fact] !== after[fact])
    .map((fact) => ` has another ${fact}`)
}

function breaksOf(before: EventSchema, after: EventSchema, at: string): string[] {
  if (before.anyOf || after.anyOf) return alternativeBreaks(before, after, at)
  return [
    ...typeBreaks(before, after, at),
    ...boundBreaks(before, after, at),
    ...memberBreaks(before, after, at),
    ...(before.items && after.items ? breaksOf(before.items, after.items, `${at}/*`) : []),
  ]
}

/** Each alternative that there was must be taken by one that there is; of the nearest one it is told why not. */
function alternativeBreaks(before: EventSchema, after: EventSchema, at: string): string[] {
  const now = after.anyOf ?? [after]
  return (before.anyOf ?? [before]).flatMap((alternative) =>
    now
      .map((one) => breaksOf(alternative, one, at))
      .reduce((least, breaks) => (breaks.length < least.length ? breaks : least)),
  )
}

function typeBreaks(before: EventSchema, after: EventSchema, at: string): string[] {
  const wider = before.type === 'integer' && after.type === 'number'
  if (after.type !== undefined && after.type !== before.type && !wider)
    return [`${at} was ${before.type ?? 'anything'} and is ${after.type}`]
  if (after.const !== undefined && after.const !== before.const)
    return [`${at} no longer takes ${JSON.stringify(before.const ?? before.type)}`]
  return after['pattern'] !== undefined && after['pattern'] !== before['pattern']
    ? [`${at} has another pattern`]
    : []
}

function boundBreaks(before: EventSchema, after: EventSchema, at: string): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((keyword) => {
    if (SILENT.has(keyword) || UNDERSTOOD.has(keyword)) return []
    const [was, is] = [before[keyword], after[keyword]]
    if (LOWER_BOUNDS.has(keyword))
      return bound(is, Number.NEGATIVE_INFINITY) > bound(was, Number.NEGATIVE_INFINITY)
        ? [`${at} has a higher ${keyword}`]
        : []
    if (UPPER_BOUNDS.has(keyword))
      return bound(is, Number.POSITIVE_INFINITY) < bound(was, Number.POSITIVE_INFINITY)
        ? [`${at} has a lower ${keyword}`]
        : []
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [`${at} has another ${keyword}`]
  })
}

function bound(value: unknown, none: number): number {
  return typeof value === 'number' ? value : none
}

function memberBreaks(before: EventSchema, after: EventSchema, at: string): string[] {
  const [was, is] = [before.properties ?? {}, after.properties ?? {}]
  const [needed, needs] = [new Set(before.required), new Set(after.required)]
  const kept = Object.entries(was).flatMap(([name, schema]) => {
    const now = is[name]
    if (now === undefined) return [`${at}/${name} is gone`]
    if (needed.has(name) && !needs.has(name)) return [`${at}/${name} is not required any more`]
    return breaksOf(schema, now, `${at}/${name}`)
  })
  const added = [...needs]
    .filter((name) => !needed.has(name))
    .map((name) => `${at}/${name} is newly required`)
  return [...kept, ...added]
}
