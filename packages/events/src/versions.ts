import { type Definition, EVENTS, isEventType } from './catalog.ts'
import { UPCASTERS } from './upcasters/index.ts'

/** Every type that was ever written: those that are written now, and the earlier versions. */
export function everyType(): readonly string[] {
  return [...Object.keys(EVENTS), ...UPCASTERS.keys()]
}

/** What a type is or was; undefined where this release does not know it. */
export function definitionOf(type: string): Definition | undefined {
  return isEventType(type) ? EVENTS[type] : UPCASTERS.get(type)?.definition
}
