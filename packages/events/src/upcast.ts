import { checkRead } from './checks.ts'
import { UPCASTERS } from './upcasters/index.ts'
import type { Upcaster } from './upcasters/upcaster.ts'

/**
 * The data of an event as those of the version that is written now, one version after the other. Each version is
 * checked against its own schema on the way. Throws `MalformedEvent`.
 */
export function upcast(
  written: string,
  value: unknown,
  upcasters: ReadonlyMap<string, Upcaster> = UPCASTERS,
): { readonly type: string; readonly data: unknown } {
  const upcaster = upcasters.get(written)
  if (upcaster === undefined) return { type: written, data: value }
  checkRead(written, upcaster.definition, value)
  return upcast(upcaster.next, upcaster.upcast(value as never), upcasters)
}
