import { NumberLexeme, pointerKeys } from '@sallyport/runtime'
import { PatchRefused } from './errors.ts'
import type { ExactJson } from './exact-value.ts'

/**
 * The part of JSON Patch (RFC 6902) that says what is to be there, and nothing of how it came there: without `move` and
 * `copy`, which would bring a value to a place where it was not shown, and `test`.
 */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: ExactJson }
  | { readonly op: 'remove'; readonly path: string }

/**
 * The value with the operations carried out, in their order; nothing of `value` is changed. Numbers stay as they are
 * written, which no library for JSON Patch does: they copy values, and a NumberLexeme is a plain object to them. A key is
 * a key, `__proto__` too. Throws PatchRefused, naming the operation, where one cannot be carried out.
 */
export function patched(value: ExactJson, operations: readonly PatchOperation[]): ExactJson {
  let result = value
  for (const [at, operation] of operations.entries()) {
    const refuse = (why: string): never => {
      throw new PatchRefused(at, why)
    }
    const path = pointerKeys(operation.path) ?? refuse('its path is no JSON Pointer')
    result = applied(result, path, operation, refuse)
  }
  return result
}

type Refuse = (why: string) => never

function applied(
  value: ExactJson,
  [key, ...rest]: readonly string[],
  operation: PatchOperation,
  refuse: Refuse,
): ExactJson {
  if (key === undefined)
    return operation.op === 'remove' ? refuse('the whole cannot be removed') : operation.value
  if (Array.isArray(value)) return inArray(value, key, rest, operation, refuse)
  if (isMembers(value)) return inObject(value, key, rest, operation, refuse)
  return refuse('its path leads into what is neither an object nor a list')
}

function inObject(
  object: { readonly [key: string]: ExactJson },
  key: string,
  rest: readonly string[],
  operation: PatchOperation,
  refuse: Refuse,
): ExactJson {
  const isThere = Object.hasOwn(object, key)
  if (!isThere && (rest.length > 0 || operation.op !== 'add')) return refuse('there is nothing at its path')
  const entries = Object.entries(object)
  if (rest.length === 0 && operation.op === 'remove')
    return Object.fromEntries(entries.filter(([name]) => name !== key))
  if (!isThere) return Object.fromEntries([...entries, [key, applied(null, rest, operation, refuse)]])
  return Object.fromEntries(
    entries.map(([name, member]) => [name, name === key ? applied(member, rest, operation, refuse) : member]),
  )
}

const INDEX = /^(?:0|[1-9]\d{0,9})$/

function inArray(
  array: readonly ExactJson[],
  key: string,
  rest: readonly string[],
  operation: PatchOperation,
  refuse: Refuse,
): ExactJson {
  const inserts = rest.length === 0 && operation.op === 'add'
  if (!INDEX.test(key) && !(key === '-' && inserts)) return refuse('its path has no index for a list')
  const index = key === '-' ? array.length : Number(key)
  const element = array[index]
  if (inserts && index <= array.length) return array.toSpliced(index, 0, operation.value)
  if (element === undefined) return refuse('there is nothing at its path')
  if (rest.length === 0 && operation.op === 'remove') return array.toSpliced(index, 1)
  return array.with(index, applied(element, rest, operation, refuse))
}

function isMembers(value: ExactJson): value is { readonly [key: string]: ExactJson } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberLexeme)
  )
}
