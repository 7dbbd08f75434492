import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redact } from './redact.ts'
import { searchText } from './search-text.ts'

/** Letters that occur in no surrounding text below, so that a run of them in the output can only be a leak. */
const body = (length: number, alphabet = 'QWXZqwxz3') =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: length, maxLength: length + 30 })
const upper = (length: number) => body(length, 'QWXZ3')

interface Planted {
  readonly text: string
  readonly secret: string
}

/** Assembled here, at run time, so that no scanner takes this file for a leak. */
const prefixed = (prefix: readonly string[], secret: fc.Arbitrary<string>) =>
  secret.map((one): Planted => ({ text: prefix.join('') + one, secret: one }))
const around = (before: readonly string[], secret: fc.Arbitrary<string>, after: readonly string[]) =>
  secret.map((one): Planted => ({ text: before.join('') + one + after.join(''), secret: one }))

const shapes: Record<string, fc.Arbitrary<Planted>> = {
  aws_access_key_id: prefixed(['AK', 'IA'], upper(16)),
  github_token: fc.oneof(prefixed(['gh', 'p_'], body(36)), prefixed(['github', '_pat_'], body(22))),
  gitlab_token: prefixed(['gl', 'pat-'], body(20)),
  openai_key: prefixed(['s', 'k-'], body(40)),
  anthropic_key: prefixed(['s', 'k-', 'ant-'], body(40)),
  slack_token: prefixed(['xo', 'xb-'], body(24)),
  slack_webhook: prefixed(['hooks.slack', '.com/services/'], body(24)),
  stripe_key: prefixed(['sk', '_live_'], body(24)),
  google_api_key: prefixed(['AI', 'za'], body(35)),
  sendgrid_key: prefixed(['S', 'G.'], body(60)),
  npm_token: prefixed(['np', 'm_'], body(36)),
  huggingface_token: prefixed(['h', 'f_'], body(34)),
  sallyport_token: fc.oneof(prefixed(['sp', '_gw_'], body(43)), prefixed(['sp', '_api_'], body(43))),
  jwt: fc
    .tuple(body(20), body(20), body(20))
    .map(([a, b, c]) => ({ text: ['ey', `J${a}.${b}.${c}`].join(''), secret: a + b + c })),
  private_key: around(['-----BEGIN RSA ', 'PRIVATE KEY-----\n'], body(200), [
    '\n-----END RSA ',
    'PRIVATE KEY-----',
  ]),
  'private_key without an end': around(['-----BEGIN ', 'PRIVATE KEY-----\n'], body(200), []),
  bearer_token: fc.oneof(prefixed(['Bea', 'rer '], body(20)), prefixed(['bEAR', 'ER: '], body(20))),
  url_password: around(['postgres', '://admin:'], body(8), ['@db.internal/main']),
  'url_password with a slash': around(['postgres', '://admin:pa/'], body(8), ['@db.internal/main']),
  'url_password alone': around(['https', '://'], body(24), ['@git.internal/main']),
  assigned_secret: fc.oneof(
    prefixed(['pass', 'word='], body(8)),
    prefixed(['API_', 'KEY : '], body(8)),
    prefixed(['client_sec', 'ret_value="'], body(8)),
    around(['{\\"pass', 'word\\":\\"one two '], body(8), ['\\"}']),
    prefixed(['Authori', 'zation: Basic '], body(12)),
    prefixed(['Coo', 'kie: id=1; session='], body(12)),
    around(['--db-pass', 'word '], body(8), []),
  ),
}

const plain = fc.string({ unit: fc.constantFrom(...'aeiou lmnrst.,\n{}[]éß😀'), maxLength: 40 })
const gap = fc.constantFrom(' ', '\n', '\t', '"', "'", '(', '>')

function expectNoLeak(value: unknown, secret: string): void {
  const { value: stored, redactions } = redact(value)
  const output = JSON.stringify(stored) + JSON.stringify(redactions) + searchText(stored)
  for (let at = 0; at + 6 <= secret.length; at++) expect(output).not.toContain(secret.slice(at, at + 6))
}

describe.each(Object.entries(shapes))('%s', (kind, shape) => {
  const name = kind.split(' ')[0] ?? kind

  test('is found, named and taken out of a text', () => {
    fc.assert(
      fc.property(shape, plain, plain, gap, ({ text, secret }, before, after, space) => {
        const value = before + space + text + space + after
        expectNoLeak(value, secret)
        const kinds = redact(value).redactions.map((finding) => finding.kind)
        expect(kinds.length).toBeGreaterThan(0)
        // A wider shape may cover a narrower one: a token inside a URL or an assignment.
        if (kinds.length === 1 && name !== 'assigned_secret')
          expect([name, 'assigned_secret', 'bearer_token']).toContain(kinds[0])
      }),
    )
  })

  test('does not survive in a key, a list or deep below', () => {
    fc.assert(
      fc.property(shape, plain, plain, ({ text, secret }, before, key) => {
        expectNoLeak({ [`${before} ${text}`]: 1 }, secret)
        expectNoLeak({ [key]: [before, [{ [key]: `${before}\n${text}` }]] }, secret)
      }),
    )
  })

  test('does not survive where a text is cut', () => {
    fc.assert(
      fc.property(
        shape,
        fc.constantFrom(128, 512, 4_096, 65_536),
        fc.integer({ min: -120, max: 120 }),
        ({ text, secret }, edge, shift) => {
          const before = `${'a'.repeat(edge + shift - 1)} `
          expectNoLeak(before + text + ' e'.repeat(40_000), secret)
          expectNoLeak({ [before + text]: before + text }, secret)
        },
      ),
      { numRuns: 30 },
    )
  })
})

test('a text that redaction shortens shows nothing from beyond what was scanned', () => {
  const secret = 'QWXZ3'.repeat(20_000)
  const header = ['-----BEGIN ', 'PRIVATE KEY-----\n'].join('')
  expectNoLeak(`${header}${secret}`, secret.slice(0, 100))
  expectNoLeak(`${['gh', 'p_'].join('')}${secret}`, secret.slice(0, 100))
})

test('a token cut in two by the end of what is scanned does not show its first half', () => {
  const half = 'QWXZ3QWXZ3'
  const token = ['gh', 'p_', half.repeat(4)].join('')
  const begin = ['-----BEGIN ', 'PRIVATE KEY-----\n'].join('')
  const end = ['\n-----END ', 'PRIVATE KEY-----\n'].join('')
  const filling = 64 * 1024 - begin.length - end.length - 'ghp_'.length - half.length
  expectNoLeak(begin + 'a'.repeat(filling) + end + token, half)
})

test('no secret survives in the strings after the scanning budget is spent', () => {
  const token = ['gh', 'p_', 'QWXZ3'.repeat(8)].join('')
  const long = 'a '.repeat(40_000)
  const value = [...Array.from({ length: 10 }, () => long), `${'a '.repeat(250)}${token}`, token]
  expectNoLeak(value, 'QWXZ3'.repeat(8))
})

test('a value redacted twice is the same', () => {
  const once = redact({ cmd: ['pass', 'word=QWXZ3QWXZ3'].join(''), token: 'abc', url: 'https://u:pw12@h/' })
  expect(redact(once.value).value).toEqual(once.value)
})
