import { expect, test } from 'vitest'
import { TopicTail } from './topic-tail.ts'

const record = { key: 'k', headers: {}, value: Buffer.from('{}') }

test('who waits for the append goes on before those who read', async () => {
  const tail = new TopicTail('t', 0)
  const reader = { next: 0 }
  tail.join(reader)
  const order: string[] = []
  const read = tail.advanced().then(() => order.push('read'))
  const appended = Promise.resolve()
    .then(() => tail.took(0, 1, [record]))
    .then(() => undefined)
    .then(() => order.push('appended'))
  await Promise.all([read, appended])
  expect(order).toEqual(['appended', 'read'])
})

test('records are kept for readers that are there, until the last of them has read them', () => {
  const tail = new TopicTail('t', 0)
  tail.took(0, 1, [record])
  const fast = { next: 1 }
  const slow = { next: 1 }
  expect(tail.recent({ next: 0 }, 10)).toBeUndefined()
  tail.join(fast)
  tail.join(slow)
  tail.took(1, 1, [record])
  fast.next = 2
  tail.passed()
  expect(tail.recent(slow, 10)).toMatchObject([{ offset: 1 }])
  tail.leave(slow)
  expect(tail.recent(slow, 10)).toBeUndefined()
  expect(tail.end).toBe(2)
})
