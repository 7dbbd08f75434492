import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { closed } from './definitions/parts.ts'
import { upcast } from './upcast.ts'
import { UPCASTERS } from './upcasters/index.ts'
import { upcaster } from './upcasters/upcaster.ts'
import { definitionOf } from './versions.ts'

const definition = { topic: 'sallyport.control', criticality: 'critical', meaning: '' } as const
const first = upcaster({
  type: 't.v1',
  next: 't.v2',
  definition: { ...definition, schema: Type.Object({ name: Type.String() }, closed) },
  upcast: ({ name, ...data }) => ({ ...data, names: [name] }),
})
const second = upcaster({
  type: 't.v2',
  next: 't.v3',
  definition: { ...definition, schema: Type.Object({ names: Type.Array(Type.String()) }, closed) },
  upcast: (data) => ({ ...data, count: data.names.length }),
})
const both = new Map([first, second].map((one) => [one.type, one]))

test('versions are taken one after the other, and members that nobody knows come along', () => {
  expect(upcast('t.v1', { name: 'a', later: 1 }, both)).toEqual({
    type: 't.v3',
    data: { names: ['a'], later: 1, count: 1 },
  })
  expect(upcast('t.v2', { names: [] }, both)).toEqual({ type: 't.v3', data: { names: [], count: 0 } })
  expect(upcast('t.v3', { anything: true }, both)).toEqual({ type: 't.v3', data: { anything: true } })
})

test('data that were not what their version says are refused before anything is made of them', () => {
  expect(() => upcast('t.v1', { name: 1 }, both)).toThrow(/t\.v1 at \/name/)
  const broken = new Map([
    ['t.v1', { ...first, upcast: () => ({ names: 'a' }) }],
    ['t.v2', second],
  ])
  expect(() => upcast('t.v1', { name: 'a' }, broken)).toThrow(/t\.v2 at \/names/)
})

test.each([...UPCASTERS.values()])(
  '$type becomes a version on the same topic that is as critical',
  ({ type, next }) => {
    const [before, after] = [definitionOf(type), definitionOf(next)]
    expect(after).toMatchObject({ topic: before?.topic, criticality: before?.criticality })
  },
)
