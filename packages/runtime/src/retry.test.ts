import { describe, expect, test } from 'vitest'
import { Backoff, retry } from './retry.ts'

const quick = { firstMs: 1, longestMs: 2 }

/** Fails so many times with numbered errors, then succeeds. */
function failing(times: number) {
  let tries = 0
  return {
    tries: () => tries,
    async work() {
      tries += 1
      if (tries <= times) throw new Error(`failure ${tries}`)
      return tries
    },
  }
}

describe('pauses', () => {
  test('double up to the longest, and begin anew after a success', () => {
    const backoff = new Backoff({ firstMs: 100, longestMs: 500, random: () => 0 })
    expect(Array.from({ length: 5 }, () => backoff.nextMs())).toEqual([100, 200, 400, 500, 500])
    backoff.reset()
    expect(backoff.nextMs()).toBe(100)
  })

  test('are shortened by up to a half', () => {
    const backoff = new Backoff({ firstMs: 100, longestMs: 100, random: () => 0.999 })
    expect(backoff.nextMs()).toBeCloseTo(50, 0)
  })

  test('are never longer than the longest, the first included', () => {
    expect(new Backoff({ firstMs: 100, longestMs: 10, random: () => 0 }).nextMs()).toBe(10)
  })
})

describe('a retry', () => {
  test('goes on until a try succeeds, and tells of each failure before that', async () => {
    const { work } = failing(2)
    const told: string[] = []
    const onRetry = (reason: unknown) => told.push((reason as Error).message)
    expect(await retry(work, { ...quick, onRetry })).toBe(3)
    expect(told).toEqual(['failure 1', 'failure 2'])
  })

  test('ends at once with a failure that is final', async () => {
    const { work, tries } = failing(9)
    const isFinal = (reason: unknown) => (reason as Error).message === 'failure 2'
    await expect(retry(work, { ...quick, isFinal })).rejects.toThrow('failure 2')
    expect(tries()).toBe(2)
  })

  test('ends with the last failure where the next pause would pass the deadline', async () => {
    const { work, tries } = failing(9)
    await expect(retry(work, { firstMs: 1000, deadlineMs: 400 })).rejects.toThrow('failure 1')
    expect(tries()).toBe(1)
  })

  test('is ended by its signal in the middle of a pause, with the reason of the signal', async () => {
    const abort = new AbortController()
    const { work, tries } = failing(9)
    const onRetry = () => abort.abort(new Error('stopped'))
    await expect(
      retry(work, { firstMs: 60_000, longestMs: 60_000, signal: abort.signal, onRetry }),
    ).rejects.toThrow('stopped')
    expect(tries()).toBe(1)
  })

  test('does not begin once the signal was given', async () => {
    const { work, tries } = failing(0)
    await expect(retry(work, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped')
    expect(tries()).toBe(0)
  })
})
