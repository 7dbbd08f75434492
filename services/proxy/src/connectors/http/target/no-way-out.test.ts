import { posix } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TargetRefused } from '../errors.ts'
import { canonicalPath } from './canonical-path.ts'
import { upstreamPath } from './upstream-target.ts'

/** What ways out are made of, in every spelling that a server might know. */
const PIECE = fc.oneof(
  fc.constantFrom(
    '.',
    '..',
    '/',
    '\\',
    '%',
    ';',
    '?',
    '#',
    ' ',
    'a',
    '%2e',
    '%2E',
    '%2f',
    '%5c',
    '%25',
    '%3b',
  ),
  fc.constantFrom('252e', '2e', '2f', '%00', '%0a', '%c0%ae', '%e0%80%ae', 'é', '%C3%A9', ':', '@', '*'),
)
const PATHS = fc.array(PIECE, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`)

/** How servers read a path: decoded up to three times, a backslash for a slash, without what follows a semicolon. */
function readings(path: string): string[] {
  const found = [path]
  for (let round = 0; round < 3; round++)
    found.push(
      (found.at(-1) ?? '').replace(/%([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(Number(`0x${hex}`))),
    )
  return found.flatMap((one) => {
    const slashed = one.replaceAll('\\', '/')
    return [slashed, slashed.replace(/;[^/]*/g, '')]
  })
}

test('whatever is accepted stays under the registered address in every reading, and is its own canonical text', () => {
  let accepted = 0
  fc.assert(
    fc.property(PATHS, (raw) => {
      let path: string
      try {
        path = canonicalPath(raw)
      } catch (refusal) {
        expect(refusal).toBeInstanceOf(TargetRefused)
        return
      }
      accepted++
      expect(canonicalPath(path)).toBe(path)
      const whole = upstreamPath('http://api.test/base', { path, query: null })
      expect(new URL(whole, 'http://api.test').pathname).toBe(whole)
      for (const reading of readings(whole)) expect(posix.normalize(reading)).toMatch(/^\/base(?:\/|$)/)
    }),
    { numRuns: 20_000, seed: 8 },
  )
  expect(accepted).toBeGreaterThan(1000)
})
