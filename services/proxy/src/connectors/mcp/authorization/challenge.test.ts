import { describe, expect, test } from 'vitest'
import { challengeText, readChallenge } from './challenge.ts'

describe('the challenge of an upstream', () => {
  test.each([
    ['Bearer', {}],
    ['Bearer realm="mcp", error="invalid_token"', { error: 'invalid_token' }],
    [
      'bearer scope="a b" , resource_metadata=https://x.example/y',
      { scope: 'a b', resource_metadata: 'https://x.example/y' },
    ],
    ['Bearer error="x", error="y"', { error: 'x' }],
    ['Bearer ERROR="x"', { error: 'x' }],
    ['Bearer error_description="say \\"no\\", twice"', { error_description: 'say "no", twice' }],
    ['Basic realm="a, Bearer error=\\"b\\"", Bearer error="c"', { error: 'c' }],
    ['Bearer error="a", DPoP algs="ES256", error="b"', { error: 'a' }],
    ['Bearer secret="x", error="a"', { error: 'a' }],
    [['Basic realm="x"', 'Bearer error="a"'], { error: 'a' }],
  ])('%s is read', (field, challenge) => {
    expect(readChallenge(field)).toEqual(challenge)
  })

  test.each(['', 'Basic realm="x"', 'DPoP algs="ES256"', '"Bearer"', `Bearer error="${'x'.repeat(9000)}"`])(
    '%s is not a challenge for bearer tokens',
    (field) => {
      expect(readChallenge(field)).toBeUndefined()
    },
  )
})

test('a challenge of ours has what a client acts on, and nothing that ends a quote or a line', () => {
  const text = challengeText({
    error: 'invalid_token',
    error_description: 'a"b',
    scope: 'a\r\nb',
    resource_metadata: 'https://x',
  })
  expect(text).toBe('Bearer realm="sallyport", error="invalid_token", resource_metadata="https://x"')
  expect(readChallenge(text)).toEqual({ error: 'invalid_token', resource_metadata: 'https://x' })
})
