import { expect, test } from 'vitest'
import { AccessRequests } from './access-requests.ts'
import { readWish } from './access-tool.ts'

const HOUR_MS = 3_600_000

test('a gateway asks so often within an hour, and the same request again is the same one', () => {
  const requests = new AccessRequests(2)
  expect(requests.ask('g', 'a', 0)).toBe(0)
  expect(requests.ask('g', 'b', 1000)).toBe(0)
  expect(requests.ask('g', 'a', 2000)).toBe(0)
  expect(requests.ask('g', 'c', 3000)).toBe(HOUR_MS - 3000)
  expect(requests.ask('another', 'c', 3000)).toBe(0)
  expect(requests.ask('g', 'c', HOUR_MS)).toBe(0)
})

const call = (args: unknown) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x', arguments: args } })

test('a wish names a tool or an action, an upstream where it is another one, and why', () => {
  expect(readWish(call({ tool: 'delete_note', why: 'to tidy up' }))).toEqual({
    tool: 'delete_note',
    action: null,
    upstream: null,
    why: 'to tidy up',
  })
  expect(readWish(call({ action: 'http.post', upstream: 'api', why: 'w' }))).toMatchObject({
    upstream: 'api',
  })
})

test.each([
  ['nothing', {}, /why is missing/],
  ['no reason', { tool: 'a' }, /why is missing/],
  ['neither a tool nor an action', { why: 'w' }, /exactly one/],
  ['both', { tool: 'a', action: 'b', why: 'w' }, /exactly one/],
  ['an empty reason', { tool: 'a', why: ' ' }, /why has to be a text/],
  ['a number', { tool: 7, why: 'w' }, /tool has to be a text/],
  ['a reason that nobody reads to its end', { tool: 'a', why: 'w'.repeat(2001) }, /1 to 2000/],
  ['half a character', { tool: 'a\ud800', why: 'w' }, /tool has to be a text/],
  ['another member', { tool: 'a', why: 'w', approve: true }, /no others/],
  ['a member named __proto__', JSON.parse('{"tool":"a","why":"w","__proto__":{}}'), /no others/],
  ['a list', ['a'], /not an object/],
])('%s is not one', (_, args, why) => {
  expect(readWish(call(args))).toMatch(why)
})
