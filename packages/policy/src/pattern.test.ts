import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePattern, matches, PatternInvalid, specificity } from './pattern.ts'

/** The textbook definition, exponential and obvious. */
function glob(pattern: string, name: string): boolean {
  if (pattern === '') return name === ''
  if (pattern[0] === '*') return glob(pattern.slice(1), name) || (name !== '' && glob(pattern, name.slice(1)))
  return pattern[0] === name[0] && glob(pattern.slice(1), name.slice(1))
}

test('matching agrees with the definition', () => {
  const letters = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 })
  fc.assert(
    fc.property(letters('ab*'), letters('ab'), (tail, name) => {
      expect(matches(compilePattern(`*${tail}`), name)).toBe(glob(`*${tail}`, name))
      expect(matches(compilePattern(`mcp.${tail}`), `mcp.${name}`)).toBe(glob(tail, name))
    }),
    { numRuns: 3_000 },
  )
})

test('a hostile pattern on a long hostile name comes to an end', () => {
  const pattern = compilePattern(`${'*a'.repeat(127)}*`)
  expect(matches(pattern, 'a'.repeat(1_000_000))).toBe(true)
  expect(matches(compilePattern(`${'*a'.repeat(127)}b`), 'a'.repeat(1_000_000))).toBe(false)
})

test.each([
  '*',
  'mcp.*',
  'mcp.tools.list',
  'mcp.rpc.$x',
  'github.pr.merge',
  '*delete*',
  'mcp.tools.a%2Fb',
  'mcp.tools.%*',
])('%s is a pattern', (source) => {
  expect(compilePattern(source).source).toBe(source)
})

test.each([
  '',
  'mcp',
  'read_*',
  'MCP.tools.x',
  '.x',
  'mcp.tools.a b',
  'mcp.tools.a/b',
  'mcp.tools.%2f',
  'mcp.tools.%',
  `mcp.${'a'.repeat(253)}`,
])('%j is refused as a pattern', (source) => {
  expect(() => compilePattern(source)).toThrow(PatternInvalid)
  expect(() => compilePattern(source)).toThrow(
    expect.objectContaining({ code: 'SP_PATTERN_INVALID', kind: 'invalid' }),
  )
})

test('specificity counts what is not a star', () => {
  expect(specificity(compilePattern('mcp.tools.*'))).toEqual({ exact: false, literals: 10 })
  expect(specificity(compilePattern('mcp.x'))).toEqual({ exact: true, literals: 5 })
})
