import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { breakingChanges, type EventSchema } from './breaking-changes.ts'
import { closed } from './definitions/parts.ts'
import { jsonSchemaOf } from './schemas.ts'
import { everyType } from './versions.ts'

const Text = Type.String({ maxLength: 10 })
const members = {
  name: Text,
  kind: Type.Union([Type.Literal('a'), Type.Literal('b')]),
  note: Type.Union([Text, Type.Null()]),
  tags: Type.Array(Text, { maxItems: 4 }),
  count: Type.Integer({ minimum: 0 }),
  place: Type.Union([
    Type.Object({ kind: Type.Literal('http'), url: Text }, closed),
    Type.Object({ kind: Type.Literal('file'), path: Text }, closed),
  ]),
}

type Members = Parameters<typeof Type.Object>[0]
const published = (properties: Members, facts: object = {}): Record<string, EventSchema> =>
  JSON.parse(
    JSON.stringify({
      t: {
        'x-topic': 'sallyport.control',
        'x-critical': true,
        ...facts,
        ...Type.Object(properties, closed),
      },
    }),
  )
const before = published(members)
const changed = (change: Members) => breakingChanges(before, published({ ...members, ...change }))

describe('a break is', () => {
  const { name: _, ...nameless } = members

  test('a type that is gone', () => {
    expect(breakingChanges(before, {})).toEqual(['t is gone: an earlier version needs an upcaster'])
  })

  test('a member that is gone', () => {
    expect(breakingChanges(before, published(nameless))).toEqual(['t/name is gone'])
  })

  test.each<[string, Members, string]>([
    ['a member that is newly required', { more: Text }, 't/more is newly required'],
    ['a member that may be missing now', { name: Type.Optional(Text) }, 't/name is not required any more'],
    ['another type', { name: Type.Integer() }, 't/name was string and is integer'],
    [
      'a type where anything was allowed',
      { tags: Type.Array(Type.Integer()) },
      't/tags/* was string and is integer',
    ],
    ['a shorter text', { name: Type.String({ maxLength: 9 }) }, 't/name has a lower maxLength'],
    [
      'a text that has a least length',
      { name: Type.String({ minLength: 1, maxLength: 10 }) },
      't/name has a higher minLength',
    ],
    ['a pattern', { name: Type.String({ pattern: '^a', maxLength: 10 }) }, 't/name has another pattern'],
    ['a shorter list', { tags: Type.Array(Text, { maxItems: 3 }) }, 't/tags has a lower maxItems'],
    ['a higher least number', { count: Type.Integer({ minimum: 1 }) }, 't/count has a higher minimum'],
    ['an enumeration without one of its words', { kind: Type.Literal('a') }, 't/kind no longer takes "b"'],
    [
      'another word instead of one',
      { kind: Type.Union([Type.Literal('a'), Type.Literal('c')]) },
      't/kind no longer takes "b"',
    ],
    ['no null any more', { note: Text }, 't/note was null and is string'],
    [
      'a keyword that the check does not know',
      { name: Type.String({ maxLength: 10, format: 'uri' }) },
      't/name has another format',
    ],
    [
      'a member of one alternative that is gone',
      {
        place: Type.Union([
          Type.Object({ kind: Type.Literal('http') }),
          Type.Object({ kind: Type.Literal('file'), path: Text }),
        ]),
      },
      't/place/url is gone',
    ],
  ])('%s', (_what, change, message) => {
    expect(changed(change)).toContain(message)
  })

  test('a type that does not say whether it is critical, and one that says something else than before', () => {
    expect(breakingChanges({}, published(members, { 'x-critical': undefined }))).toEqual([
      't does not say whether it is critical',
    ])
    expect(breakingChanges(before, published(members, { 'x-critical': false }))).toEqual([
      't has another x-critical',
    ])
    expect(breakingChanges(before, published(members, { 'x-topic': 'sallyport.actions' }))).toEqual([
      't has another x-topic',
    ])
  })
})

test.each<[string, Members]>([
  ['nothing', {}],
  ['a member that may be missing', { more: Type.Optional(Text) }],
  [
    'one more word in an enumeration',
    { kind: Type.Union(['a', 'b', 'c'].map((word) => Type.Literal(word))) },
  ],
  ['a null where there was none', { name: Type.Union([Text, Type.Null()]) }],
  ['a longer text', { name: Type.String({ maxLength: 11 }) }],
  ['any number where there were whole ones', { count: Type.Number() }],
  ['anything where there was something', { tags: Type.Unknown() }],
  ['other words about it', { name: Type.String({ maxLength: 10, description: 'how it is called' }) }],
])('no break is %s', (_, change) => {
  expect(changed(change)).toEqual([])
})

test('the schemas of now do not break themselves', () => {
  const now = Object.fromEntries(everyType().map((type) => [type, jsonSchemaOf(type)]))
  expect(breakingChanges(now, now)).toEqual([])
})
