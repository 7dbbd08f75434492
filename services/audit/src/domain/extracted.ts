import { definitionOf, everyType } from '@sallyport/events'
import { COLUMNS, FINDING_MEMBERS, type Source } from './record-columns.ts'
import { sqlName, sqlText, sqlTexts } from './sql-text.ts'

/** Every type that is known; a record's type is its place here, counted from 1, and 0 for all others. */
const TYPES = everyType()
const SOURCES: readonly Source[] = COLUMNS.flatMap(({ sources }) => sources)
const MEMBERS = [...new Set(SOURCES.map(({ path }) => path[0]))]
const OBJECTS = [...Map.groupBy(SOURCES, ({ path }) => path[0])]
  .map(([object, sources]) => ({ object, parts: [...new Set(sources.flatMap(({ path }) => path[1] ?? []))] }))
  .filter(({ parts }) => parts.length > 0)
/** What is read, in the order of the array `d`. */
const PATHS = [
  ...MEMBERS,
  ...OBJECTS.flatMap(({ object, parts }) => parts.map((part) => `${object}.${part}`)),
]

/** The place of the type `type`. */
export const TYPE_PLACE = `indexOf([${sqlTexts(TYPES)}], type)`

/** The topic that the type belongs on. */
export const TYPE_TOPIC = `['', ${sqlTexts(TYPES.map((type) => definitionOf(type)?.topic ?? ''))}][place + 1]`

/**
 * What is read from a record's data with one `JSONExtract`, every member as text: a member that is not there or null is
 * empty, and any other value is there as its JSON, so that whether it fits can be told afterwards.
 */
export const MEMBER_TEXTS = textsOf('r_value', MEMBERS)

/** `d`: the texts of the members, `m`, and after them those of the objects among them, each read from its own text. */
export const ALL_TEXTS = `arrayConcat(m, ${OBJECTS.map(({ object, parts }) => textsOf(`m[${MEMBERS.indexOf(object) + 1}]`, parts)).join(', ')})`

export const FINDINGS_TYPE = `Array(${tupleOf(FINDING_MEMBERS)})`

/**
 * The members of a JSON object as an array of texts, of which one that is missing is empty. The planner takes far longer
 * for each use of a wide tuple than for one of an array.
 */
export function textsOf(json: string, members: readonly string[]): string {
  return `tupleElement(tupleToNameValuePairs(JSONExtract(${json}, ${sqlText(tupleOf(members))})), 2)`
}

/** The text of a source; empty where the event does not have it. */
export function textOf({ path }: Pick<Source, 'path'>): string {
  return `d[${placeOf(path)}]`
}

/** The same, but nothing in events of other types, in which this member may mean something else. */
export function textInItsTypes(source: Source): string {
  const [member, part] = source.path
  const isObjectElsewhere = part === undefined && OBJECTS.some(({ object }) => object === member)
  if (!isObjectElsewhere && member !== 'name') return textOf(source)
  return `if(place IN (${source.types.map((type) => TYPES.indexOf(type) + 1).join(', ')}), ${textOf(source)}, '')`
}

/**
 * What a column has in an earlier version of an event in which its member meant something else, as an upcaster says it:
 * in the first version of a permission any connector but `*` and `mcp` was an upstream.
 */
export function inEarlierVersions(column: string, text: string): string {
  const connector = textOf({ path: ['connector'] })
  const meant = { connector: "'mcp'", upstream: connector }[column]
  if (meant === undefined) return text
  const first = TYPES.indexOf('sallyport.permission.set.v1') + 1
  return `if(place = ${first} AND ${connector} NOT IN ('*', 'mcp'), ${meant}, ${text})`
}

/**
 * True where the data do not fit their type: a member is missing, has a text that is not in its list, is a number that
 * is none or an object that is none. What no column is read from is not looked at. Tables and arrays, and not a
 * condition for each member: the planner takes a third of a millisecond for each of those.
 */
export const MISFIT = [
  `hasAny(arrayFilter((i, x) -> empty(x), range(1, ${PATHS.length + 1}), d), [[], ${TYPES.map(requiredOf).join(', ')}][place + 1])`,
  `NOT hasAll([${sqlTexts(new Set(LITERALS().flatMap(({ place, texts }) => ['', ...texts].map((text) => `${place} ${text}`))))}], [${[...new Set(LITERALS().map(({ place }) => `concat('${place} ', d[${place}])`))].join(', ')}])`,
  `arrayExists(x -> notEmpty(x) AND NOT ifNull(isFinite(toFloat64OrNull(x)), 0), ${textsOfKind('number')})`,
  `arrayExists(x -> notEmpty(x) AND isNull(toUInt64OrNull(x)), ${textsOfKind('integer')})`,
  `arrayExists(x -> notEmpty(x) AND NOT startsWith(x, '['), ${textsOfKind('texts', 'findings')})`,
  `arrayExists(x -> notEmpty(x) AND NOT startsWith(x, '{'), [${OBJECTS.filter(isAlwaysObject)
    .map(({ object }) => textOf({ path: [object] }))
    .join(', ')}])`,
].join(' OR ')

/** The places of what an event of this type must say. */
function requiredOf(type: string): string {
  const required = SOURCES.filter((source) => source.required && source.types.some((one) => one === type))
  return `[${[...new Set(required.map(({ path }) => placeOf(path)))].join(', ')}]`
}

/** A member that is free text in the events of one type is not looked at in those of another. */
function LITERALS(): { readonly place: number; readonly texts: readonly string[] }[] {
  return SOURCES.flatMap(({ path, literals }) =>
    literals === undefined || isFreeText(path) ? [] : [{ place: placeOf(path), texts: literals }],
  )
}

function isFreeText(path: Source['path']): boolean {
  return SOURCES.some((source) => source.literals === undefined && placeOf(source.path) === placeOf(path))
}

function textsOfKind(...kinds: readonly Source['kind'][]): string {
  return `[${[...new Set(SOURCES.filter(({ kind }) => kinds.includes(kind)).map(textOf))].join(', ')}]`
}

/** Where a text stands for an object in some events, what is required of the object tells the others. */
function isAlwaysObject({ object }: { readonly object: string }): boolean {
  return !SOURCES.some(({ path }) => path[0] === object && path.length === 1)
}

function placeOf(path: Source['path']): number {
  return PATHS.indexOf(path.join('.')) + 1
}

function tupleOf(members: Iterable<string>): string {
  return `Tuple(${[...members].map((member) => `${sqlName(member)} String`).join(', ')})`
}
