import { isJsonObject, type JsonObject, type JsonValue } from '@sallyport/jsonrpc'
import { decodeHeaderValue, encodeHeaderValue } from './header-value.ts'

/** An argument that a tool wants mirrored as a header field: `x-mcp-header` of its input schema (MCP 2026-07-28). */
export interface ParamHeader {
  /** The keys that lead to it within `arguments`. */
  readonly path: readonly string[]
  /** `Mcp-Param-` and the name that the schema gives. */
  readonly field: string
  readonly numeric: boolean
}

const ANNOTATION = 'x-mcp-header'
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// The specification leaves `number` out, but servers still check its header.
const TYPES: ReadonlySet<JsonValue | undefined> = new Set(['string', 'integer', 'boolean', 'number'])
/** Where a schema holds schemas that no chain of `properties` reaches; an annotation there makes the tool invalid. */
const ONE_SCHEMA = ['items', 'contains', 'additionalProperties', 'unevaluatedProperties', 'unevaluatedItems']
const MORE_OF_ONE = ['propertyNames', 'not', 'if', 'then', 'else']
const LISTS = ['prefixItems', 'oneOf', 'anyOf', 'allOf', 'items']
const MAPS = ['patternProperties', 'dependentSchemas', '$defs', 'definitions']

/**
 * The arguments of a tool that are mirrored. None for a schema that breaks the rules of the annotation: clients do not
 * offer such a tool and servers expect no fields of it.
 */
export function paramHeaders(inputSchema: JsonValue | undefined): readonly ParamHeader[] {
  const found: ParamHeader[] = []
  if (!collect(inputSchema, [], found)) return []
  const names = new Set(found.map(({ field }) => field.toLowerCase()))
  return names.size === found.length ? found : []
}

/** False where an annotation breaks the rules. */
function collect(schema: JsonValue | undefined, path: readonly string[], found: ParamHeader[]): boolean {
  if (!isJsonObject(schema)) return true
  const name = schema[ANNOTATION]
  if (name !== undefined) {
    if (path.length === 0 || typeof name !== 'string' || !TOKEN.test(name)) return false
    const type = schema['type']
    if (!TYPES.has(type)) return false
    found.push({ path, field: `Mcp-Param-${name}`, numeric: type === 'integer' || type === 'number' })
  }
  const { properties } = schema
  const children = isJsonObject(properties) ? Object.entries(properties) : []
  return (
    children.every(([key, child]) => collect(child, [...path, key], found)) &&
    unreachable(schema).every(hasNoAnnotation)
  )
}

function unreachable(schema: JsonObject): readonly JsonValue[] {
  const of = (keys: readonly string[]) => keys.map((key) => schema[key] ?? null)
  return [
    ...of([...ONE_SCHEMA, ...MORE_OF_ONE]),
    ...of(LISTS).flatMap((list) => (Array.isArray(list) ? (list as readonly JsonValue[]) : [])),
    ...of(MAPS).flatMap((map) => (isJsonObject(map) ? Object.values(map) : [])),
  ]
}

function hasNoAnnotation(schema: JsonValue): boolean {
  if (!isJsonObject(schema)) return true
  if (schema[ANNOTATION] !== undefined) return false
  const { properties } = schema
  const children = isJsonObject(properties) ? Object.values(properties) : []
  return [...children, ...unreachable(schema)].every(hasNoAnnotation)
}

/** The fields for a call with these arguments, names and values in turn. */
export function emitParamHeaders(declared: readonly ParamHeader[], args: JsonValue | undefined): string[] {
  return declared.flatMap(({ path, field }) => {
    const text = textAt(args, path)
    return text === undefined ? [] : [field, encodeHeaderValue(text)]
  })
}

/**
 * The field that does not say what the arguments say; undefined when all do. Headers that are not declared are ignored.
 */
export function disagreeingParamHeader(
  declared: readonly ParamHeader[],
  args: JsonValue | undefined,
  sentAs: (field: string) => string | undefined,
): ParamHeader | undefined {
  return declared.find(({ path, field, numeric }) => {
    const text = textAt(args, path)
    if (text === undefined) return false
    const value = sentAs(field)
    const said = value === undefined ? undefined : decodeHeaderValue(value)
    if (said === text) return false
    return !(numeric && said !== undefined && sameNumber(said, valueAt(args, path)))
  })
}

const DECIMAL = /^-?\d+(?:\.\d+)?$/

/** `42` and `42.0` are the same argument. */
function sameNumber(said: string, value: JsonValue | undefined): boolean {
  return typeof value === 'number' && DECIMAL.test(said) && Number(said) === value
}

/** Undefined for what is not mirrored: nothing, null, no primitive, an integer that a double cannot hold. */
function textAt(args: JsonValue | undefined, path: readonly string[]): string | undefined {
  const value = valueAt(args, path)
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value !== 'number') return undefined
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value)
}

function valueAt(args: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = args
  for (const key of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}
