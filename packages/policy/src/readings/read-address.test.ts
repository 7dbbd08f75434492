import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAddress, readThoroughly } from './read-address.ts'

const KEY = 'file:///srv/private/key.txt'

describe('all spellings of an address have one plain text', () => {
  test.each([
    KEY,
    'FILE:///srv/private/key.txt',
    'file://localhost/srv/private/key.txt',
    'file://LOCALHOST/srv/private/key.txt',
    'file:/srv/private/key.txt',
    'file:srv/private/key.txt',
    'file:///srv/./private/key.txt',
    'file:///srv/public/../private/key.txt',
    'file:///srv//private///key.txt',
    'file:\\\\\\srv\\private\\key.txt',
    'file:///srv\\private\\key.txt',
    ' file:///srv/private/key.txt',
    '\u0000\u001f file:///srv/private/key.txt\u0001 ',
    'fi\tle:///srv/priv\nate/key.t\rxt',
    'file:///srv/public/.\t./private/key.txt',
    'file:///srv/public/.\n./private/key.txt',
    'file:///srv/public/.%09./private/key.txt',
    'file:///srv/%70rivate/key%2etxt',
    'file:///srv/public/%2e%2E/private/key.txt',
    'file:///srv/public%2F..%2fprivate/key.txt',
    'file:///srv/public%5c..%5cprivate/key.txt',
    'file:///srv/public/%252e%252e%252fprivate/key.txt',
    'file:///srv/%25252570rivate/key.txt',
    'file:///srv/%%370rivate/key.txt',
  ])('%j', (uri) => {
    expect(readAddress(uri)).toMatchObject({ plain: KEY, clear: true })
  })

  test.each([
    ['HTTP://EXAMPLE.com:80', 'http://example.com/'],
    ['https://example.com/a?x=%41', 'https://example.com/a?x=A'],
    ['https://ex\u00e4mple.com/', 'https://xn--exmple-cua.com/'],
    ['http://0x7f.1/x', 'http://127.0.0.1/x'],
    ['Notes:/a', 'notes:///a'],
    ['notes:a', 'notes:a'],
    ['file:///caf%c3%a9', 'file:///caf\u00e9'],
    ['file:///caf%e9', 'file:///caf%E9'],
    ['file:///{path}', 'file:///{path}'],
    ['a note', 'a note'],
    ['', ''],
  ])('%j is read as %j', (uri, plain) => {
    expect(readAddress(uri).plain).toBe(plain)
  })
})

test('what reads the same everywhere has one reading', () => {
  for (const uri of [KEY, 'note', 'https://example.com/', 'db://host/users'])
    expect(readAddress(uri)).toMatchObject({ whole: [], shorter: [], clear: true })
})

test.each([
  'file:///srv/public/x/..//../private/key.txt',
  'file:///srv/public/\\..\\..\\srv\\private\\key.txt',
])('an empty segment is one to parsers and none to file systems: %s', (uri) => {
  expect(readAddress(uri).collapsed).toBe(KEY)
  expect(readAddress(uri).plain).not.toBe(KEY)
})

test('an ordinary address is read like any other, only sooner', () => {
  const piece = fc.constantFrom('a', 'B', '0x7f', '.', '-', '_', '/', '..', ':', '~', 'file:', 'http:', 'x')
  const start = fc.constantFrom(
    'file:///',
    'file://',
    'db://',
    'Db://',
    'http://',
    'x:',
    'note://h/',
    'a+b://',
  )
  fc.assert(
    fc.property(start, fc.array(piece, { maxLength: 8 }), (scheme, pieces) => {
      const uri = scheme + pieces.join('')
      expect(readAddress(uri)).toEqual(readThoroughly(uri))
    }),
    { numRuns: 3000 },
  )
})

test('an encoded slash is read as a part of a name, and as a slash', () => {
  const { whole } = readAddress('FILE:///srv/private/x%2f..%2f..%2fpublic/key')
  expect(whole).toEqual(['file:///srv/private/x/../../public/key', 'file:///srv/public/key'])
})

describe('servers that leave a part out read', () => {
  test.each([
    ['db://host/users?x', 'db://host/users'],
    ['db://host/users#x', 'db://host/users'],
    ['db://host/users?x#y', 'db://host/users?x'],
    ['db://host/users?', 'db://host/users'],
    ['db://host/users#', 'db://host/users'],
    ['db://host/users/', 'db://host/users'],
    ['db://me:secret@host/users', 'db://host/users'],
    ['file://other/srv/private/key.txt', KEY],
    ['/srv/private/key.txt', KEY],
    ['\\srv\\private/./key.txt?x', KEY],
    ['//srv/private/key.txt', KEY],
    ['https://api.test./x', 'https://api.test/x'],
    ['https://me@api.test.:8443/x#y', 'https://api.test:8443/x'],
    ['file:///srv/private/key.txt?x=1#y', KEY],
    ['file:///srv/private;v=1/key.txt', KEY],
    ['file:///srv;a/private%3Bb;c/key.txt;', KEY],
    ['file:///srv;a/private/key.txt?b#c', KEY],
    ['file:///srv/\uff50rivate/key.txt', KEY],
    ['file:///srv/private%20/key.txt', KEY],
    ['file:///srv/ private/key.txt', KEY],
    ['file:///srv/private./key.txt. .', KEY],
    ['file:///srv/private/key.txt::$DATA', KEY],
    ['file:///\u017frv/private\uff1bx/key.txt', KEY],
  ])('%j as %j', (uri, shorter) => {
    expect(readAddress(uri).shorter).toContain(shorter)
  })
})

describe('it cannot be told what a server reads of', () => {
  test.each([
    'file:///srv/public/a?to=../private',
    'file:///srv/public/..;a/private',
    'file:///srv/public/.. /private',
    'file:///srv/public/%2e%2e%20/private',
    'file:///srv/public/%c0%ae%c0%ae/private',
    'file:///srv/public/%e0%80%ae./private',
    'file:///srv/private%00/../public',
    'file:///srv/public/\uff0e\uff0e/private',
    'file:///srv/public\uff0f..',
    'file:///srv/public/\uff052e\uff052e/private',
    '../private',
    'x:../private',
  ])('%j', (uri) => {
    expect(readAddress(uri).clear).toBe(false)
  })
})

test('whatever it is made of, the plain text of a plain text is itself', () => {
  const piece = fc.constantFrom(
    'a',
    '/',
    '\\',
    '.',
    '..',
    '%2e',
    '%2F',
    '%25',
    '?',
    '#',
    ' ',
    '\t',
    'é',
    '%',
    ':',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const { plain, clear } = readAddress(`file:///srv/${pieces.join('')}`)
      if (!clear) return
      expect(readAddress(plain).plain.replace(/[\s]+$/, '')).toBe(plain.replace(/[\s]+$/, ''))
    }),
    { numRuns: 2000 },
  )
})
