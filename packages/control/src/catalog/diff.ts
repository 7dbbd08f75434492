import { type ExactJson, parseExactly } from '@sallyport/jsonrpc'
import { escapePointerKey, NumberLexeme } from '@sallyport/runtime'
import type { Definition, Offered } from './catalog.ts'

/**
 * One place in which two definitions differ. `before` and `after` are JSON texts with the numbers as they were listed, null
 * where there is nothing.
 */
export interface Difference {
  /** RFC 6901, from the definition's root. */
  readonly place: string
  readonly before: string | null
  readonly after: string | null
}

export interface Differences {
  readonly differences: readonly Difference[]
  /** False where the definitions differ in what was not kept: too large, cut, or a secret that was taken out. */
  readonly complete: boolean
}

const MOST = 500

/** From what was accepted to what is offered. */
export function differencesOf({ accepted, offered }: Pick<Offered, 'accepted' | 'offered'>): Differences {
  const before = valueIn(accepted)
  const after = valueIn(offered)
  const differences = [...compare('', before, after)]
  const kept = isKept(accepted) && isKept(offered)
  return { differences: differences.slice(0, MOST), complete: kept && differences.length <= MOST }
}

/** Nothing stands for what is not there, which is kept as it is; a text that is not all of it is not. */
function isKept(definition: Definition | null): boolean {
  return definition === null || (definition.text !== null && definition.entire)
}

function valueIn(definition: Definition | null): ExactJson | undefined {
  return definition?.text == null ? undefined : parseExactly(definition.text)
}

function* compare(
  place: string,
  before: ExactJson | undefined,
  after: ExactJson | undefined,
): Generator<Difference> {
  const a = entriesOf(before)
  const b = entriesOf(after)
  if (a === undefined || b === undefined || Array.isArray(before) !== Array.isArray(after)) {
    const texts = { before: textOf(before), after: textOf(after) }
    if (texts.before !== texts.after) yield { place, ...texts }
    return
  }
  for (const key of new Set([...a.keys(), ...b.keys()]))
    yield* compare(`${place}/${escapePointerKey(key)}`, a.get(key), b.get(key))
}

function entriesOf(value: ExactJson | undefined): ReadonlyMap<string, ExactJson> | undefined {
  if (typeof value !== 'object' || value === null || value instanceof NumberLexeme) return undefined
  return new Map(Object.entries(value))
}

function textOf(value: ExactJson | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
