import { EVENTS, type EventType } from './catalog.ts'
import { schemaUri } from './codec.ts'

/** The JSON Schema (2020-12) of one event's data, as published under `proto/events/<type>.json`. */
export function jsonSchemaOf(type: EventType): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: schemaUri(type),
    title: type,
    description: EVENTS[type].meaning,
    'x-topic': EVENTS[type].topic,
    ...JSON.parse(JSON.stringify(EVENTS[type].schema)),
  }
}
