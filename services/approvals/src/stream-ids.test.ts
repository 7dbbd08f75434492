import { expect, test } from 'vitest'
import { StreamIds } from './stream-ids.ts'

const ids = new StreamIds(Buffer.alloc(32, 'a'))

test('an id says how far its reader has seen each partition', () => {
  for (const offsets of [{ 0: 0 }, { 0: 12 }, { 0: 12, 1: 0, 5: 123456 }])
    expect(ids.decode(ids.encode(offsets))).toEqual(offsets)
  expect(ids.decode(ids.encode({}))).toEqual({ 0: 0 })
})

test('an id of another installation, a changed one and any other text are not ours', () => {
  const id = ids.encode({ 0: 12 })
  expect(new StreamIds(Buffer.alloc(32, 'b')).decode(id)).toBeUndefined()
  for (const text of ['', '0', id.replace('12', '13'), `${id}0`, '__proto__.1-0123456789abcdef'])
    expect(ids.decode(text)).toBeUndefined()
})
