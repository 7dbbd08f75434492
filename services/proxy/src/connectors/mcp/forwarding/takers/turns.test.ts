import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

test('what comes while an act waits is done after it', async () => {
  const done: string[] = []
  const turns = new Turns(
    () => false,
    () => {},
  )
  const { promise, resolve } = Promise.withResolvers<void>()
  turns.take(() => promise.then(() => void done.push('first')))
  const last = Promise.withResolvers<void>()
  turns.take(() => {
    done.push('second')
    last.resolve()
  })
  expect(turns.waiting).toBe(true)
  expect(done).toEqual([])
  resolve()
  await last.promise
  expect(done).toEqual(['first', 'second'])
})

test('nothing is done once it is over, and a rejection is told', async () => {
  const failures: unknown[] = []
  let over = false
  const done: string[] = []
  const turns = new Turns(
    () => over,
    (cause) => failures.push(cause),
  )
  const { promise, reject } = Promise.withResolvers<void>()
  turns.take(() => promise)
  turns.take(() => void done.push('late'))
  over = true
  reject('broken')
  await expect.poll(() => turns.waiting).toBe(false)
  expect(failures).toEqual(['broken'])
  expect(done).toEqual([])
})
