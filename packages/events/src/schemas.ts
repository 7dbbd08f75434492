import { schemaUri } from './codec.ts'
import { UnknownEvent } from './errors.ts'
import { definitionOf } from './versions.ts'

/**
 * The JSON Schema (2020-12) of one event's data, as published under `proto/events/<type>.json`: of a type that is
 * written now, or of an earlier version. Throws `UnknownEvent`.
 */
export function jsonSchemaOf(type: string): Record<string, unknown> {
  const definition = definitionOf(type)
  if (definition === undefined) throw new UnknownEvent(type)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: schemaUri(type),
    title: type,
    description: definition.meaning,
    'x-topic': definition.topic,
    'x-critical': definition.criticality === 'critical',
    ...JSON.parse(JSON.stringify(definition.schema)),
  }
}
