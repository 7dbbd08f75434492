import { NumberLexeme } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import { changedParts } from './changed-parts.ts'
import { redactWhole } from './redact.ts'
import { unmaskText } from './unmask-text.ts'

const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`
const OTHER = `ghp_${'z9Y8x7W6v5U4'.repeat(3)}`
const parts = (value: unknown) => redactWhole(value).parts

test('what is different is told leaf by leaf, with secrets masked', () => {
  const before = { title: 'a', n: new NumberLexeme('1E2'), list: [1, 2], token: TOKEN }
  const after = { title: 'b', n: new NumberLexeme('1E3'), list: [1], token: OTHER, more: true }
  const masked = '[redacted:github_token, 40 characters]'
  expect(changedParts(parts(before), parts(after))).toEqual([
    { place: '/title', from: 'a', to: 'b' },
    { place: '/n', from: '1E2', to: '1E3' },
    { place: '/list/1', from: '2', to: null },
    { place: '/token', from: masked, to: masked },
    { place: '/more', from: null, to: 'true' },
  ])
  expect(changedParts(parts(before), parts(before))).toEqual([])
  expect(changedParts(parts({ n: 1 }), parts({ n: '1' }))).toHaveLength(1)
})

test('a marker in what somebody wrote is the secret again that it stands for', () => {
  const [part] = parts([`curl -H ${TOKEN} and ${OTHER} x`])
  const shown = part?.text ?? ''
  expect(shown).not.toContain(TOKEN)
  expect(unmaskText(shown.replace('curl', 'wget'), part)).toBe(`wget -H ${TOKEN} and ${OTHER} x`)
  expect(unmaskText('nothing of it', part)).toBe('nothing of it')
})

test('a marker that stands for nothing there is not taken for a text', () => {
  const marker = '[redacted:github_token, 40 characters]'
  const [part] = parts([TOKEN])
  expect(unmaskText(`${marker} ${marker}`, part)).toBeUndefined()
  expect(unmaskText(marker, parts(['plain'])[0])).toBeUndefined()
  expect(unmaskText(marker, undefined)).toBeUndefined()
  expect(unmaskText(marker, parts([marker])[0])).toBe(marker)
})
