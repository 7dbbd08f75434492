import { createContext, runInContext } from 'node:vm'
import type { Approval } from '@sallyport/approval'
import type { Catalog, Definition } from '@sallyport/control'
import { Errors } from 'typebox/schema'

/** Checking runs on the event loop, and a server writes the schema: a pattern can take for ever on purpose. */
const MOST_MS = 100

/**
 * The input schema of the tool that a held call is for, as the server listed it when the approval was asked for; undefined
 * where that is not known whole.
 */
export function inputSchemaOf(
  { tool, binding }: Pick<Approval, 'tool' | 'binding'>,
  catalogs: ReadonlyMap<string, Catalog>,
): unknown {
  const offered = tool === null ? undefined : catalogs.get(binding.upstream)?.offered.tool.get(tool)
  const isBound = (one: Definition | null | undefined) =>
    one?.fingerprint === binding.toolDigest && one?.entire
  const found = [offered?.offered, offered?.accepted].find(isBound)
  if (found?.text == null) return undefined
  const definition: unknown = JSON.parse(found.text)
  return typeof definition === 'object' && definition !== null && 'inputSchema' in definition
    ? definition.inputSchema
    : undefined
}

/** How a value breaks a schema, for people; undefined where it does not. A schema that cannot be checked says so. */
export function schemaObjection(schema: unknown, value: unknown): string | undefined {
  if (schema === undefined) return undefined
  try {
    const [isValid, errors] = bounded(() => Errors(schema as Parameters<typeof Errors>[0], value))
    if (isValid) return undefined
    const [first] = errors.filter(({ keyword }) => keyword !== 'boolean')
    return `${first?.instancePath || 'the whole'} ${first?.message ?? 'does not fit'}`
  } catch {
    return 'its input schema cannot be checked'
  }
}

function bounded<T>(work: () => T): T {
  return runInContext('work()', createContext({ work }), { timeout: MOST_MS }) as T
}
