import { expect, test } from 'vitest'
import { isCursor } from './cursor.ts'
import { likeMatches } from './like-matches.ts'
import { searchedJson, wordsIn, wordsOf } from './search-words.ts'
import { summaryQueries } from './summary-query.ts'
import { readDuration, readTime } from './time-argument.ts'
import { likePattern, readSearch } from './timeline-filter.ts'
import { timelineQuery } from './timeline-query.ts'

const NOW = Date.parse('2026-11-20T12:00:00.000Z')

test('what a caller gives is never in the text of a query', () => {
  const marker = 'caller-gave-this'
  const { query, params } = timelineQuery({
    filter: { gateway: marker, action: marker, approval: marker, words: [marker] },
    order: 'desc',
    limit: 5,
    since: NOW,
    until: NOW,
    cursor: { at: NOW, eventId: marker },
  })
  expect(query).not.toContain(marker)
  expect(params).toMatchObject({ gateway: marker, cursor_id: marker, words: [marker], limit: 6 })
  const summary = summaryQueries({ since: 0, until: NOW, gateway: marker })
  for (const part of [summary.totals, summary.actions, summary.gateways, summary.buckets])
    expect(part.query).not.toContain(marker)
})

test.each([
  ['15m', NOW - 900_000],
  ['2h', NOW - 7_200_000],
  ['7d', NOW - 604_800_000],
  ['2026-11-20', Date.parse('2026-11-20')],
  ['2026-11-20T10:00:00Z', Date.parse('2026-11-20T10:00:00Z')],
  ['2026-11-20T10:00:00.5+01:00', Date.parse('2026-11-20T09:00:00.500Z')],
])('%s is a time', (text, expected) => {
  expect(readTime('since', text, NOW)).toBe(expected)
})

test.each(['', 'now', '5', 'm', '-5m', '5y', '2026-13-01', '20 Nov 2026', '1e9'])(
  '%j is not a time',
  (text) => {
    expect(() => readTime('since', text, NOW)).toThrow(/^since /)
  },
)

test('an interval of nothing is refused', () => {
  expect(readDuration('interval', '5m')).toBe(300_000)
  expect(() => readDuration('interval', '0m')).toThrow(/interval/)
})

test.each([
  ['mcp.*', 'mcp.%'],
  ['a_b%c\\d', 'a\\_b\\%c\\\\d'],
  ['**x***', '%x%'],
])('the pattern %s is LIKE %s', (pattern, like) => {
  expect(likePattern(pattern)).toBe(like)
})

test.each([
  ['mcp.tools.*', 'mcp.tools.read', true],
  ['*_issue', 'mcp.tools.create_issue', true],
  ['a*b*c', 'a1b2b3c', true],
  ['a*b*c', 'acb', false],
  ['ab*ba', 'aba', false],
  ['a.c', 'abc', false],
  ['*', '', true],
])('live: %s on %s is %s', (pattern, text, expected) => {
  expect(likeMatches(pattern, text)).toBe(expected)
})

test('words are cut at everything in ASCII that is not a letter or digit, and lower-case', () => {
  expect(wordsIn('Create_Issue(#42): Größe naïve—ÜBER\ttab')).toEqual([
    'create',
    'issue',
    '42',
    'größe',
    'naïve—über',
    'tab',
  ])
})

test('a search without a word is refused, an empty one is not a search', () => {
  expect(readSearch('  ')).toEqual({})
  expect(readSearch('B a b')).toEqual({ words: ['b', 'a'] })
  expect(() => readSearch('--')).toThrow(/search/)
})

test('searchable text is bounded, and deep values do not end the stack', () => {
  let deep: unknown = 'bottom'
  for (let level = 0; level < 100_000; level += 1) deep = [deep]
  expect(searchedJson(deep)).toBe('')
  expect(wordsOf(`${'x '.repeat(10_000)}unreached`)).toEqual(['x'])
})

test('buckets are round and few, whatever the range', () => {
  expect(summaryQueries({ since: NOW - 86_400_000, until: NOW }).intervalMs).toBe(3_600_000)
  expect(summaryQueries({ since: NOW - 900_000, until: NOW }).intervalMs).toBe(15_000)
  expect(summaryQueries({ since: 0, until: NOW, intervalMs: 1000 }).intervalMs).toBeGreaterThan(NOW / 1001)
})

test.each([[null], [{}], [{ at: 1.5, eventId: 'x' }], [{ at: 1, eventId: 2 }], ['text']])(
  '%j is not a cursor',
  (place) => {
    expect(isCursor(place)).toBe(false)
  },
)
