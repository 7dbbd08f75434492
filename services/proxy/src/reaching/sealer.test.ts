import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { Sealer } from './sealer.ts'

const key = randomBytes(32)
const sealer = new Sealer(key, 'sp-test.', 1000)

it('a text is opened by any process with the key, for whom it was sealed', () => {
  const sealed = sealer.seal('the upstream said so', ['code-agent', 'files'])
  expect(sealed.startsWith('sp-test.')).toBe(true)
  expect(new Sealer(key, 'sp-test.', 1000).open(sealed, ['code-agent', 'files'])).toBe('the upstream said so')
  expect(sealer.open(sealer.seal('', ['a']), ['a'])).toBe('')
})

it('nobody else’s, no changed one and no other purpose’s is opened', () => {
  const sealed = sealer.seal('secret', ['code-agent', 'files'])
  expect(sealer.open(sealed, ['other-agent', 'files'])).toBeUndefined()
  expect(sealer.open(sealed, ['code-agent,files'])).toBeUndefined()
  expect(new Sealer(randomBytes(32), 'sp-test.', 1000).open(sealed, ['code-agent', 'files'])).toBeUndefined()
  expect(new Sealer(key, 'sp-task.', 1000).open(sealed, ['code-agent', 'files'])).toBeUndefined()
  for (let at = 'sp-test.'.length; at < sealed.length - 1; at++) {
    const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
    expect(sealer.open(changed, ['code-agent', 'files'])).toBeUndefined()
  }
  for (const junk of ['', 'sp-test.', 'sp-test.AAAA', 'x'.repeat(2000)])
    expect(sealer.open(junk, [])).toBeUndefined()
})

it('what is longer than any of ours is not even read', () => {
  expect(sealer.open(sealer.seal('x'.repeat(1000), []), [])).toBeUndefined()
})
