import { describe, expect, test } from 'vitest'
import { TargetRefused } from '../errors.ts'
import { canonicalPath } from './canonical-path.ts'

describe('a path has one text', () => {
  test.each([
    ['', ''],
    ['/', '/'],
    ['/users/1', '/users/1'],
    ['/users/', '/users/'],
    ['/%7Euser/%61', '/~user/a'],
    ['/a%2fb', '/a%2Fb'],
    ['/projects/group%2Fproject', '/projects/group%2Fproject'],
    ['/a b'.replace(' ', '%20'), '/a%20b'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/a|b[0]{x}"<>^`', '/a%7Cb%5B0%5D%7Bx%7D%22%3C%3E%5E%60'],
    ["/a;v=1,2/b:c@d!$&'()*+=", "/a;v=1,2/b:c@d!$&'()*+="],
    ['/…'.replace('…', '...'), '/...'],
    ['/..a/b..', '/..a/b..'],
    ['/100%25', '/100%25'],
    ['/2026%EF%BC%8F11', '/2026%EF%BC%8F11'],
    ['/a%252Fb', '/a%252Fb'],
  ])('%j is %j', (raw, path) => {
    expect(canonicalPath(raw)).toBe(path)
    expect(canonicalPath(path)).toBe(path)
  })
})

describe('a path that servers read differently is refused', () => {
  test.each([
    'users',
    '/..',
    '/.',
    '/a/../b',
    '/a/./b',
    '/a/..',
    '/%2e%2e/admin',
    '/%2E./admin',
    '/.%2e/admin',
    '/a/..%2fadmin',
    '/a%2f..%2fadmin',
    '/a%2f%2e%2e',
    '/a/..%5cadmin',
    '/%5c..',
    '/%252e%252e/admin',
    '/%25252e%25252e/admin',
    '/%252e%252e%252fadmin',
    '/..;/admin',
    '/..;a=b/admin',
    '/..%3b/admin',
    '/..%3fadmin',
    '/a/..%23',
    '/..%253f/admin',
    '/a#b',
    '/..%20/admin',
    '/%2525252525252e',
    '//evil.example/x',
    '/a//b',
    '/a//',
    '/a\\b',
    '/%',
    '/%zz',
    '/%4',
    '/%00',
    '/a%0d%0aX-Header:1',
    '/a%2500',
    '/%7f',
    '/%c0%ae%c0%ae/admin',
    '/%ff',
    '/%25c0%25ae%25c0%25ae/admin',
    '/%EF%BC%8E%EF%BC%8E/admin',
    '/x%EF%BC%8F..%EF%BC%8Fadmin',
    '/%25EF%25BC%258E./admin',
    '/%E2%80%A5/admin',
    '/caf\u00e9',
    '/a\tb',
    '/a b',
  ])('%j', (raw) => {
    expect(() => canonicalPath(raw)).toThrow(TargetRefused)
  })
})
