import { type Part, unmaskText } from '@sallyport/inspection'
import { decodeJson, type ExactJson, exactly, type PatchOperation, patched } from '@sallyport/jsonrpc'
import { escapePointerKey, pointerKeys, SallyportError } from '@sallyport/runtime'
import { EditInvalid } from '../errors.ts'

/**
 * The arguments with a patch carried out. A marker for a secret in what somebody wrote is that secret again, where it stands
 * in the same place. What comes of it is read as strictly as a request of an agent. Throws EditInvalid.
 */
export function editedArguments(
  given: ExactJson,
  operations: readonly PatchOperation[],
  shown: readonly Part[],
): { readonly [key: string]: ExactJson } {
  const parts = new Map(shown.map((part) => [part.place, part]))
  try {
    // Absent arguments are edited like empty ones.
    const edited = patched(
      given ?? {},
      operations.map((operation) => unmasked(operation, parts)),
    )
    const read = exactly(decodeJson(JSON.stringify(edited)))
    if (isMembers(read)) return read
  } catch (cause) {
    if (!(cause instanceof SallyportError) || cause.kind === 'internal') throw cause
    throw new EditInvalid(`${cause.message}${whereTo(given, operations)}`, { cause })
  }
  throw new EditInvalid('arguments are an object')
}

/** Places in the API and on the page begin with `/arguments`, and paths of a patch do not. */
function whereTo(given: ExactJson, operations: readonly PatchOperation[]): string {
  const isMeant = operations.some(({ path }) => path.startsWith('/arguments/'))
  if (!isMeant || (isMembers(given) && Object.hasOwn(given, 'arguments'))) return ''
  return ' (paths are within the arguments: /title and not /arguments/title)'
}

function unmasked(operation: PatchOperation, parts: ReadonlyMap<string, Part>): PatchOperation {
  if (operation.op === 'remove') return operation
  return { ...operation, value: withSecrets(operation.value, operation.path, parts) }
}

function withSecrets(value: ExactJson, place: string, parts: ReadonlyMap<string, Part>): ExactJson {
  if (typeof value === 'string') {
    const text = unmaskText(value, parts.get(place))
    if (text === undefined)
      throw new EditInvalid(`the value for ${place} has a mask of a secret that is not there`)
    return text
  }
  if (Array.isArray(value)) return value.map((one, at) => withSecrets(one, `${place}/${at}`, parts))
  if (!isMembers(value)) return value
  const members = Object.entries(value).map(([key, one]) => {
    return [key, withSecrets(one, `${place}/${escapePointerKey(key)}`, parts)] as const
  })
  return Object.fromEntries(members)
}

function isMembers(value: ExactJson): value is { readonly [key: string]: ExactJson } {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Throws EditInvalid where it is no patch of operations that are known. `value`: the body of a request. */
export function operationsOf(value: ExactJson): PatchOperation[] {
  if (!Array.isArray(value)) throw new EditInvalid('a patch is a list of operations')
  return value.map((one: ExactJson, at) => {
    const { op, path, value: given } = isMembers(one) ? one : {}
    if (typeof path !== 'string' || pointerKeys(path) === undefined)
      throw new EditInvalid(`operation ${at + 1} has no path that is a JSON Pointer`)
    if (op === 'remove') return { op, path }
    if (op !== 'add' && op !== 'replace')
      throw new EditInvalid(`operation ${at + 1} is none of add, replace and remove`)
    if (given === undefined) throw new EditInvalid(`operation ${at + 1} has no value`)
    return { op, path, value: given }
  })
}
