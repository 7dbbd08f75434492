import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { collectGarbage } from './collect-garbage.ts'

test('what nobody holds any more is gone at once', async () => {
  const forgotten = new WeakRef({ of: 'nobody' })
  await nextTurn()
  collectGarbage()
  expect(forgotten.deref()).toBeUndefined()
})
