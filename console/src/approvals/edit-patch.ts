import type { Part } from '../api/types.ts'

/** What is to stand in the place of a part; null: nothing. */
export type Wanted = ReadonlyMap<string, string | null>

/** One step of a JSON Patch (RFC 6902) on the arguments. */
export type PatchStep =
  | { readonly op: 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }

const ARGUMENTS = '/arguments'

/** Parts that can be edited one by one: leaves of the arguments. */
export const editableParts = (parts: readonly Part[]): readonly Part[] =>
  parts.filter(({ place }) => place.startsWith(`${ARGUMENTS}/`))

/**
 * The patch that makes what is wanted of the parts. Throws SyntaxError naming the place where something that is no text is
 * not JSON. What is removed comes last and from the end, so that no step moves what another one names.
 */
export function patchOf(parts: readonly Part[], wanted: Wanted): readonly PatchStep[] {
  const steps: PatchStep[] = []
  const gone: PatchStep[] = []
  for (const { place, kind, text } of parts) {
    const now = wanted.get(place)
    if (now === undefined || now === text) continue
    const path = place.slice(ARGUMENTS.length)
    if (now === null) gone.unshift({ op: 'remove', path })
    else steps.push({ op: 'replace', path, value: kind === 'string' ? now : jsonOf(place, now) })
  }
  return [...steps, ...gone]
}

/** Numbers go as they are written, where the browser can send them so. */
function jsonOf(place: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    const raw = (JSON as { rawJSON?: (text: string) => unknown }).rawJSON
    return typeof value === 'number' && raw !== undefined ? raw(text.trim()) : value
  } catch {
    throw new SyntaxError(`${place} is not JSON: a number, true, false, null, or a text in quotes`)
  }
}
