import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { LargeMessages } from './large-messages.ts'

const LARGE = 1024 * 1024

describe('messages that arrive together', () => {
  test('are begun at once where they are small', () => {
    const begun: string[] = []
    const messages = new LargeMessages()
    messages.begin('a', 1000, () => begun.push('first'))
    messages.begin('a', 1000, () => begun.push('second'))
    expect(begun).toEqual(['first', 'second'])
  })

  test('are begun one in each turn where they are large', async () => {
    const begun: number[] = []
    const messages = new LargeMessages()
    for (const n of [1, 2, 3]) messages.begin('a', LARGE, () => begun.push(n))
    const perTurn: number[] = []
    while (begun.length < 3) {
      const before = begun.length
      await nextTurn()
      perTurn.push(begun.length - before)
    }
    expect(Math.max(...perTurn)).toBe(1)
    expect(begun).toEqual([1, 2, 3])
  })

  test('of a gateway that sends many do not keep those of another one waiting', async () => {
    const begun: string[] = []
    const messages = new LargeMessages()
    for (let n = 0; n < 20; n += 1) messages.begin('flood', LARGE, () => begun.push('flood'))
    messages.begin('other', LARGE, () => begun.push('other'))
    messages.begin('other', LARGE, () => begun.push('other'))
    while (begun.length < 22) await nextTurn()
    expect(begun.slice(0, 4)).toEqual(['flood', 'other', 'flood', 'other'])
  })

  test('that begin another one are followed by it', async () => {
    const begun: string[] = []
    const messages = new LargeMessages()
    messages.begin('a', LARGE, () => {
      begun.push('first')
      messages.begin('a', LARGE, () => begun.push('inner'))
    })
    while (begun.length < 2) await nextTurn()
    messages.begin('b', LARGE, () => begun.push('later'))
    while (begun.length < 3) await nextTurn()
    expect(begun).toEqual(['first', 'inner', 'later'])
  })
})
