import { expect, test } from 'vitest'
import { isExample, isPlausible, isRandom } from './plausible.ts'

test.each([
  'changeme',
  'your-api-key',
  '<password>',
  ['$', '{DB_PASSWORD}'].join(''),
  '{{ secret }}',
  '$PASSWORD',
  'process.env.TOKEN',
  'os.environ["KEY"]',
  'config.get("secret")',
  'xxxxxxxxxxxxxxxx',
  'abcd1234',
  '********',
  'true',
  'string',
  'postgres',
  'https://vault.example.com/secret',
  './secrets/token.txt',
  'jdbc.password=',
  '12345678',
  '2026-11-29',
  '1.2.3',
  'getTokenFromHeader',
  'some-kebab-case-name',
])('%s stands in an example or a program', (value) => {
  expect(isPlausible(value)).toBe(false)
})

test.each(['tr0ub4dor&3', 'x7Kp2mQz', 'h0pk1ns~21s', 'd2LkV78zLx!t', '171e84fd57f430fc59afa8fad3dbda2a'])(
  '%s is likely to be a secret',
  (value) => {
    expect(isPlausible(value)).toBe(true)
  },
)

test('under a name that says little a value has to look drawn at random', () => {
  expect(['SalesResults-1.2', 'primary', 'a1b2', '9f86d081884c7d659a2feaa0c55ad015'].map(isRandom)).toEqual([
    false,
    false,
    false,
    true,
  ])
})

test('keys of documentation are examples', () => {
  expect(['AKIAIOSFODNN7EXAMPLE', 'aaaaaaaaaaaa', 'deadbeefdeadbeef'].every(isExample)).toBe(true)
  expect(isExample('wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx')).toBe(false)
})
