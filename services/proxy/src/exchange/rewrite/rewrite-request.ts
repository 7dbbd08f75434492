import type { Call } from '../../domain/call.ts'

/** What goes upstream of a call: canonical text, null for what has no body. Each concern is one step here too. */
export function rewriteRequest({ canonical }: Call): string | null {
  return canonical === '' ? null : canonical
}
