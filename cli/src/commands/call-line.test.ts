import { parseExactly } from '@sallyport/jsonrpc'
import { describe, expect, test } from 'vitest'
import { callLine } from './call-line.ts'

const call = (given: unknown, digest = 'a') => ({
  arguments: given,
  meta: null,
  callDigest: digest.repeat(64),
})

describe('a held call in one line', () => {
  test('has short arguments as they are, with numbers as they were sent', () => {
    const given = parseExactly('{"path":"/etc/hosts","n":12345678901234567890}')
    expect(callLine(call(given))).toBe('{"path":"/etc/hosts","n":12345678901234567890}')
  })

  test('has begin and end of a long text, and says which call it is', () => {
    const path = `/home/${'d/'.repeat(100)}notes.txt`
    expect(callLine(call({ path }))).toMatch(/^\{"path":"\/home\/[d/]+…[d/]+notes\.txt"\} #aaaaaaaa$/)
  })

  test.each([
    ['far behind in many members', Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`k${n}`, n]))],
    ['in the middle of a long text', { text: 'x'.repeat(500) }],
    ['in a masked secret', { key: '[redacted:token, 20 characters]' }],
    ['in what the record cut off', { list: ['a', '…'] }],
  ])('is told from another that differs %s', (_, given) => {
    expect(callLine(call(given, 'a'))).not.toBe(callLine(call(given, 'b')))
  })

  test('is told from another that differs in its _meta', () => {
    const line = (digest: string) => callLine({ ...call({}, digest), meta: { user: 'dana' } })
    expect(line('a')).not.toBe(line('b'))
  })

  test('stays short, and half a character is not in it', () => {
    const line = callLine(call({ a: '😀'.repeat(60), b: ['y'.repeat(900), 'z'.repeat(900)] }))
    expect(line.length).toBeLessThanOrEqual(90)
    expect(line.isWellFormed()).toBe(true)
  })

  test('without arguments is empty', () => {
    expect(callLine({ arguments: undefined })).toBe('')
  })
})
