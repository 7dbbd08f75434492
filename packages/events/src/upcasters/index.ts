import type { Upcaster } from './upcaster.ts'

/** Every version that is not written any more, by its type. A new one gets a file of its own, and a line here. */
export const UPCASTERS: ReadonlyMap<string, Upcaster> = byType([])

function byType(upcasters: readonly Upcaster[]): ReadonlyMap<string, Upcaster> {
  return new Map(upcasters.map((one) => [one.type, one]))
}
