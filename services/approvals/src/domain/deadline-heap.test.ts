import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DeadlineHeap } from './deadline-heap.ts'

test('gives what is due, earliest first, however it was added', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 50 })), fc.nat({ max: 50 }), (instants, now) => {
      const heap = new DeadlineHeap()
      for (const at of instants) heap.push({ at, approvalId: String(at) })
      const taken: number[] = []
      for (let due = heap.popDue(now); due; due = heap.popDue(now)) taken.push(due.at)
      const sorted = instants.toSorted((left, right) => left - right)
      expect(taken).toEqual(sorted.filter((at) => at <= now))
      expect(heap.peek()?.at).toBe(sorted.find((at) => at > now))
    }),
    { numRuns: 500 },
  )
})
