import type { JsonValue } from './json-value.ts'
import type { Refusal } from './refusal.ts'

/** The members of results that list what a server offers (MCP, Server Features). */
export const LISTS = ['tools', 'prompts', 'resources', 'resourceTemplates'] as const

/** An entry of a list that every parser would not read alike; it was left out of the message. */
export interface RefusedEntry extends Refusal {
  readonly list: (typeof LISTS)[number]
  /** Its place in the list as it came. */
  readonly index: number
  /** The place in the entry. */
  readonly inside: string
  /** The entry as a lenient parser reads it. Never passed on: it only says which one it was. */
  readonly value: JsonValue
}
