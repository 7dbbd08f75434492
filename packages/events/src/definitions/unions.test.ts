import { expect, test } from 'vitest'
import type { EventSchema } from '../breaking-changes.ts'
import { jsonSchemaOf } from '../schemas.ts'
import { everyType } from '../versions.ts'

/**
 * A reader takes members that it does not know. Where objects of several shapes may stand, one of a later shape must
 * not look like one of these: each shape has a constant of its own that says which it is.
 */
test.each(everyType())(
  'the shapes that may stand in one place of %s are told apart by a constant',
  (type) => {
    for (const shapes of alternativesIn(jsonSchemaOf(type))) {
      const named = Object.keys(shapes[0]?.properties ?? {}).filter((member) => {
        const constants = shapes.map((shape) => shape.properties?.[member]?.const)
        return constants.every((one) => one !== undefined) && new Set(constants).size === shapes.length
      })
      expect(named).not.toEqual([])
    }
  },
)

test('an upstream has places that take several shapes', () => {
  expect(alternativesIn(jsonSchemaOf('sallyport.upstream.added.v1')).length).toBeGreaterThan(1)
})

/** The objects of each place that takes more than one. */
function alternativesIn(schema: EventSchema): (readonly EventSchema[])[] {
  const objects = (schema.anyOf ?? []).filter(({ type }) => type === 'object')
  const below = [
    ...(schema.anyOf ?? []),
    ...Object.values(schema.properties ?? {}),
    ...(schema.items ? [schema.items] : []),
  ]
  return [...(objects.length > 1 ? [objects] : []), ...below.flatMap(alternativesIn)]
}
