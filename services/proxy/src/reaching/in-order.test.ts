import { expect, test } from 'vitest'
import { InOrder, type InOrderOptions } from './in-order.ts'

function inOrder(options: Partial<InOrderOptions> = {}) {
  const failures: unknown[] = []
  const waits: boolean[] = []
  const acts = new InOrder({
    isOver: () => false,
    onFailed: (cause) => failures.push(cause),
    onWaits: (now) => waits.push(now),
    ...options,
  })
  return { acts, failures, waits }
}

test('what comes while an act waits is done after it', async () => {
  const done: string[] = []
  const { acts, waits } = inOrder()
  const first = Promise.withResolvers<void>()
  acts.do(() => first.promise.then(() => void done.push('first')))
  const last = Promise.withResolvers<void>()
  acts.do(() => {
    done.push('second')
    last.resolve()
  })
  expect([acts.waits, waits, done]).toEqual([true, [true], []])
  first.resolve()
  await last.promise
  await expect.poll(() => acts.waits).toBe(false)
  expect([waits, done]).toEqual([
    [true, false],
    ['first', 'second'],
  ])
})

test('what waits for nothing is done at once', () => {
  const done: string[] = []
  const { acts, waits } = inOrder()
  acts.do(() => void done.push('at once'))
  expect([acts.waits, waits, done]).toEqual([false, [], ['at once']])
})

test('nothing is done once it is over, and a rejection is told', async () => {
  let over = false
  const done: string[] = []
  const { acts, failures } = inOrder({ isOver: () => over })
  const { promise, reject } = Promise.withResolvers<void>()
  acts.do(() => promise)
  acts.do(() => void done.push('late'))
  over = true
  reject('broken')
  await expect.poll(() => acts.waits).toBe(false)
  acts.do(() => void done.push('later'))
  expect([failures, done]).toEqual([['broken'], []])
})

test('an act that throws is told, and what waits behind it is done', async () => {
  const done: string[] = []
  const { acts, failures } = inOrder()
  acts.do(() => fail('at once'))
  acts.do(async () => fail('later'))
  acts.do(() => void done.push('behind'))
  await expect.poll(() => done).toEqual(['behind'])
  expect(failures).toEqual(['at once', 'later'])
})

function fail(cause: string): never {
  throw cause
}
