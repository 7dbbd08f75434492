import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findSecrets } from './find-secrets.ts'
import { SECRET_KINDS } from './kinds/index.ts'
import type { SecretKind } from './secret-kind.ts'

const LOOKAROUNDS = /\(\?<?!(?:[^()[\]]|\[[^\]]*\])*\)/g
const BEFORE = /\(\?<=\(((?:[^()[\]]|\[[^\]]*\]|\(\?[^()]*\))*)\)\)/g

/** Secrets of a kind, made up from its own pattern: so that no scanner takes this file for a leak. */
function secretsOf({ pattern }: SecretKind): fc.Arbitrary<string> {
  const plain = pattern.source.replace(BEFORE, '$1').replace(LOOKAROUNDS, '')
  return fc.stringMatching(new RegExp(`^(?:${plain})$`))
}

function named({ where, keywords }: SecretKind, secret: string, keyword: number): string {
  return where === 'after' ? `${keywords[keyword % keywords.length]}: ${secret}` : `see ${secret} there`
}

test('a secret of each kind is found whole, and nothing before it', () => {
  for (const kind of SECRET_KINDS)
    fc.assert(
      fc.property(secretsOf(kind), fc.nat(20), (secret, keyword) => {
        const text = named(kind, secret, keyword)
        const at = text.indexOf(secret)
        fc.pre(kind.where !== 'after' || !/["'`\s;,&<>\\]/.test(secret))
        fc.pre(matches(kind, text, at))
        const found = findSecrets(text)
        const covered = found.some(({ start, end }) => start <= at && end >= at + secret.length)
        expect([kind.kind, text, covered]).toEqual([kind.kind, text, true])
      }),
      { numRuns: 5 },
    )
})

/** What may stand around is not in the sample. */
function matches({ pattern, where }: SecretKind, text: string, at: number): boolean {
  if (where === 'around') return true
  pattern.lastIndex = at
  const found = pattern.exec(text)
  return found?.index === at
}

describe('the table', () => {
  test('has no quantifier without an end, and none inside of another but for short words', () => {
    for (const { kind, pattern } of SECRET_KINDS) {
      const plain = pattern.source.replace(/\[[^\]]*\]|\\./g, 'c')
      expect([kind, /[*+]|\{\d+,\}/.test(plain)]).toEqual([kind, false])
    }
  })

  test('says of each kind where its format is documented', () => {
    for (const { kind, source } of SECRET_KINDS) {
      expect(kind).toMatch(/^[a-z0-9]+(?:_[a-z0-9]+)*$/)
      expect([kind, source]).toEqual([
        kind,
        expect.stringMatching(/^[a-z0-9.-]+\.[a-z]{2,}(?:\/[a-z0-9/-]+)?$/),
      ])
    }
  })

  test('has more than 250 kinds', () => {
    expect(new Set(SECRET_KINDS.map(({ kind }) => kind)).size).toBeGreaterThan(250)
  })
})

const token = (...parts: string[]) => parts.join('')

test.each([
  ['letters that are glued on', `${token('gh', 'p_')}${'a1B2c3D4e5F6'.repeat(3)}zzzz`, 44],
  ['a longer run than any real one', `${token('gh', 'p_')}${'a1B2c3D4'.repeat(200)}`, 1604],
])('%s are masked with it', (_, text, length) => {
  expect(findSecrets(text).map(({ start, end }) => end - start)).toEqual([length])
})

test.each([
  ['rookTable = ', '0023452Lllk2KqjLBvaxANWEgTd7bqjsxjo8aZj0wd'],
  ['the module jiraffe ', 'aB3dE6gH9jK2mN5pQ8sT1vW4'],
])('a name inside of another word says nothing: %s%s', (name, value) => {
  expect(findSecrets(`${name}${value}`).filter(({ severity }) => severity !== 'low')).toEqual([])
})

test.each([
  token('AK', 'IAIOSFODNN7', 'EXAMPLE'),
  token('sk', '-your-api-key-goes-here-please'),
  token('gh', 'p_', 'x'.repeat(36)),
  token('sk', '-my_function_name_in_a_program'),
])('%s is masked and counts for nothing else', (text) => {
  expect(findSecrets(text).map(({ severity }) => severity)).toEqual(['low'])
})
