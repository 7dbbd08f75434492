import { DEFAULT_TENANT } from '@sallyport/events'
import {
  ALL_TEXTS,
  FINDINGS_TYPE,
  inEarlierVersions,
  MEMBER_TEXTS,
  MISFIT,
  TYPE_PLACE,
  TYPE_TOPIC,
  textInItsTypes,
  textOf,
  textsOf,
} from './extracted.ts'
import { COLUMNS, type Column, FINDING_MEMBERS } from './record-columns.ts'
import { SEARCHABLE, SEARCHED } from './search-words.ts'
import { sqlName, sqlText } from './sql-text.ts'

/** The columns that a source of raw records has, under the names that `rowQuery` reads. */
export const RAW_COLUMNS = {
  r_topic: 'String',
  r_partition: 'UInt32',
  r_offset: 'UInt64',
  /** Milliseconds since the epoch. */
  r_appended_at: 'Int64',
  r_key: 'String',
  /** JSON object. */
  r_headers: 'String',
  /** The exact bytes. */
  r_value: 'String',
} as const

/** The CloudEvents attributes that a row is made of, by the names of the headers. */
const ATTRIBUTES = [
  'specversion',
  'id',
  'source',
  'subject',
  'time',
  'tenant',
  'producer',
  'epoch',
  'seq',
  'prevhash',
]

/** What a DateTime64(3) can hold. */
const EARLIEST = "toDateTime64('1970-01-01 00:00:00', 3, 'UTC')"
const LATEST = "toDateTime64('2200-01-01 00:00:00', 3, 'UTC')"

/** Columns that are narrower than others of their kind. */
const NARROW: Readonly<Record<string, string>> = { http_status: 'UInt16' }

/**
 * A SELECT that makes the row of `events` of each raw record, from the record alone. `source` is a table expression
 * with `RAW_COLUMNS`. A record that is not an event of ours, or whose data do not fit their type, becomes a row that
 * says why, with its exact bytes and nothing that was read from them. No function in it throws for what a record holds.
 */
export function rowQuery(source: string): string {
  const rows = ROW.map(([name, expression]) => `${expression} AS ${sqlName(name)}`)
  return `SELECT ${rows.join(',\n')}
FROM (SELECT ${Object.keys(RAW_COLUMNS).join(', ')}, type AS r_type, h, instant, taken, place, why, empty(why) AS ok,
if(ok, b.d, []) AS d,
${EXACT_ARGUMENTS} AS exact_arguments,
JSONExtract(${textOf({ path: ['reasons'] })}, 'Array(String)') AS reasons,
JSONExtract(${textOf({ path: ['findings'] })}, ${sqlText(FINDINGS_TYPE)}) AS findings
FROM (SELECT *, ${TYPE_PLACE} AS place, ${WHY} AS why
FROM (SELECT *, ${h('type')} AS type, ${INSTANT} AS instant, fromUnixTimestamp64Milli(r_appended_at, 'UTC') AS taken,
${ALL_TEXTS} AS d
FROM (SELECT *, ${textsOf('r_headers', ['ce_type', ...ATTRIBUTES.map((name) => `ce_${name}`)])} AS h, ${MEMBER_TEXTS} AS m
FROM ${source}))) AS b)`
}

/** The columns of a row, in the order of `rowQuery`. */
export function rowColumns(): string {
  return ROW.map(([name]) => sqlName(name)).join(', ')
}

/** The arguments where they have numbers that the engine would write differently; few events have them. */
const EXACT_ARGUMENTS = `if(position(r_value, '"argumentsText":') = 0, '', JSONExtractString(r_value, 'argumentsText'))`

/** An attribute's text; empty where it is missing. */
function h(attribute: string): string {
  return `h[${ATTRIBUTES.indexOf(attribute) + 2}]`
}

/** RFC 3339 with milliseconds, as every event of ours has it. */
const INSTANT = `if(length(${h('time')}) = 24 AND endsWith(${h('time')}, 'Z'), parseDateTime64BestEffortOrNull(${h('time')}, 3, 'UTC'), NULL)`

/** Why a record cannot be read as an event, in the order in which a reader of the log finds out. */
const WHY = `multiIf(${[
  missing('type'),
  `place = 0, concat('unknown event type ', toJSONString(substringUTF8(type, 1, 128)), ': a later release writes it')`,
  missing('specversion'),
  `${h('specversion')} != '1.0', 'malformed event: specversion is not 1.0'`,
  `NOT isValidJSON(r_value), 'malformed event: the value is not JSON'`,
  `NOT startsWith(r_value, '{') OR ${MISFIT}, concat('malformed event: data of ', type, ' do not fit it')`,
  ...['id', 'source', 'subject', 'time'].map(missing),
  `isNull(instant), 'malformed event: attribute ce_time is not an instant'`,
  ...['tenant', 'producer', 'epoch'].map(missing),
  `isNull(toUInt64OrNull(${h('epoch')})), 'malformed event: attribute ce_epoch is not a count'`,
  missing('seq'),
  `isNull(toUInt64OrNull(${h('seq')})), 'malformed event: attribute ce_seq is not a count'`,
  missing('prevhash'),
  `r_topic != ${TYPE_TOPIC}, concat('an event of type ', type, ' does not belong on the topic ', r_topic)`,
].join(',\n')}, '')`

/**
 * An escape in JSON is a separator of words, as what it stands for is one. One that a foreign writer used for a letter
 * is not there any more: the engine has written the JSON anew.
 */
const unescaped = (text: string) =>
  `if(position(${text}, '\\\\') = 0, ${text}, replaceRegexpAll(${text}, '\\\\\\\\(?:u[0-9a-fA-F]{4}|.)', ' '))`

const SEARCH_TEXT = `if(ok, concatWithSeparator(' ', ${[
  ...SEARCHED.map(sqlName),
  "arrayStringConcat(reasons, ' ')",
  unescaped(textOf({ path: ['findings'] })),
  unescaped(`if(empty(exact_arguments), ${textOf({ path: ['arguments'] })}, exact_arguments)`),
].join(', ')}), concatWithSeparator(' ', why, r_type, source))`

const ROW: readonly (readonly [name: string, expression: string])[] = [
  ['tenant', `if(empty(${h('tenant')}), ${sqlText(DEFAULT_TENANT)}, ${h('tenant')})`],
  ['topic', 'r_topic'],
  ['partition', 'r_partition'],
  ['offset', 'r_offset'],
  ['appended_at', 'taken'],
  // An event whose clock is beyond what the column holds is filed under the time the log took it.
  ['time', `if(instant >= ${EARLIEST} AND instant < ${LATEST}, assumeNotNull(instant), taken)`],
  ['event_id', `if(empty(${h('id')}), concatWithSeparator('/', r_topic, r_partition, r_offset), ${h('id')})`],
  ['type', "if(ok, r_type, 'unknown')"],
  ['source', h('source')],
  ['subject', `if(ok, ${h('subject')}, '')`],
  ['producer', h('producer')],
  ['epoch', `if(ok, toUInt64OrZero(${h('epoch')}), 0)`],
  ['seq', `if(ok, toUInt64OrZero(${h('seq')}), 0)`],
  ['prev_hash', `if(ok, ${h('prevhash')}, '')`],
  ['record_key', 'r_key'],
  ['undecodable', 'why'],
  ...COLUMNS.flatMap(columnsOf),
  [
    'search_text',
    `arrayStringConcat(arrayDistinct(tokens(lowerUTF8(substringUTF8(${SEARCH_TEXT}, 1, ${SEARCHABLE})), 'splitByNonAlpha')), ' ')`,
  ],
  ['headers', 'r_headers'],
  ['value', 'if(isValidUTF8(r_value), r_value, base64Encode(r_value))'],
  ['value_encoding', "if(isValidUTF8(r_value), 'utf8', 'base64')"],
]

function columnsOf(column: Column): (readonly [string, string])[] {
  const { name, kind } = column
  switch (kind) {
    case 'text':
      return [[name, columnText(column)]]
    case 'texts':
      return [[name, sqlName(name)]]
    case 'number':
    case 'integer': {
      const type = NARROW[name] ?? (kind === 'number' ? 'Float64' : 'UInt64')
      return [[name, `to${type}OrNull(${columnText(column)})`]]
    }
    case 'json':
      return [[name, jsonText(column)]]
    case 'findings':
      return FINDING_MEMBERS.map((member) => [
        `${name}.${member}`,
        `tupleElement(findings, ${sqlText(member)})`,
      ])
  }
}

/** The first source that says something. */
function columnText({ name, sources }: Column): string {
  const texts = [...new Set(sources.map(textInItsTypes))]
  const first = texts.reduceRight((rest, text) => `if(notEmpty(${text}), ${text}, ${rest})`)
  if (name === 'outcome') return `if(ok AND r_type = 'sallyport.action.aborted.v1', 'aborted', ${first})`
  return inEarlierVersions(name, first)
}

/**
 * The member's JSON exactly as it was written, or as the engine writes it where spaces or escapes differ. A text has
 * lost its quotes, so it is not found in this form. The engine writes an exponent without `+`.
 */
function jsonText({ name, sources: [source] }: Column): string {
  if (!source) return "''"
  const text = textOf(source)
  const member = sqlText(`"${name}":`)
  const again = `JSONExtractRaw(r_value, ${sqlText(name)})`
  const exact = name === 'arguments' ? "NOT ok, '', notEmpty(exact_arguments), exact_arguments, " : ''
  return `multiIf(${exact}NOT ok OR position(r_value, ${member}) = 0, '', notEmpty(${text}) AND position(r_value, concat(${member}, ${text})) > 0, ${text}, ${again} = 'null', '', ${again})`
}

function missing(attribute: string): string {
  return `empty(${attribute === 'type' ? 'type' : h(attribute)}), 'malformed event: attribute ce_${attribute} is missing'`
}
