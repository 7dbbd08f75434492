import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InvalidSignalPattern } from '../errors.ts'
import type { Signals } from '../port.ts'

/** What the contract needs of an adapter. */
export interface SignalsUnderTest {
  open(): Promise<Signals>
  dispose(): Promise<void>
}

/** What every exchange of wake-ups promises. */
export function signalsContract(name: string, prepare: () => Promise<SignalsUnderTest>): void {
  describe(`the signals contract on ${name}`, () => {
    let subject: SignalsUnderTest
    let signals: Signals
    /** A subject space of each test's own. */
    const space = () => `test.${randomUUID()}`

    beforeAll(async () => {
      subject = await prepare()
      signals = await subject.open()
    })
    afterAll(async () => {
      await signals?.close()
      await subject?.dispose()
    })

    /** Sends, then waits for a last signal that every subscriber of the space sees, and tells what came before it. */
    async function heard(pattern: string, root: string, subjects: readonly string[]): Promise<string[]> {
      const got: string[] = []
      const end = Promise.withResolvers<void>()
      const subscription = signals.subscribe(pattern, ({ subject }) => got.push(subject))
      const last = signals.subscribe(`${root}.last`, () => end.resolve())
      await Promise.all([subscription.ready, last.ready])
      for (const one of subjects) signals.send(one)
      signals.send(`${root}.last`)
      await end.promise
      subscription.unsubscribe()
      last.unsubscribe()
      return got.filter((one) => one !== `${root}.last`)
    }

    test.each<[string, string[], string[]]>([
      ['a', ['a'], ['a', 'b', 'a.b', 'aa', 'A']],
      ['*', ['a', 'b'], ['a', 'a.b', 'b', 'a.b.c']],
      ['a.*', ['a.b', 'a.c'], ['a', 'a.b', 'a.b.c', 'b.b', 'a.c']],
      ['*.b', ['a.b', 'c.b'], ['a.b', 'b', 'c.b', 'a.b.b', 'b.a']],
      ['a.*.c', ['a.b.c'], ['a.b.c', 'a.c', 'a.b.b.c', 'a.b']],
      ['a.>', ['a.b', 'a.b.c'], ['a', 'a.b', 'a.b.c', 'b.a']],
      ['>', ['a', 'a.b'], ['a', 'a.b']],
      ['*.>', ['a.b', 'a.b.c'], ['a', 'a.b', 'a.b.c']],
      ['a*', ['a*'], ['a*', 'ab', 'a']],
      ['a>', ['a>'], ['a>', 'ab', 'a.b']],
    ])('%s hears %j', async (pattern, expected, sent) => {
      const root = space()
      const under = (names: string[]) => names.map((name) => `${root}.${name}`)
      expect(await heard(`${root}.${pattern}`, root, under(sent))).toEqual(under(expected))
    })

    test.each(['', '.', 'a.', '.a', 'a..b', 'a b', 'a.>.b', '>.a', 'a\tb', 'a\r\nPUB x 0'])(
      'the pattern %j is refused',
      (pattern) => {
        expect(() => signals.subscribe(pattern, () => {})).toThrow(InvalidSignalPattern)
      },
    )

    test('a text that is not a subject is lost without an error, and injects nothing', async () => {
      const root = space()
      const strange = [
        '',
        '.',
        `${root}.`,
        `${root} x`,
        `${root}.*`,
        `${root}.>`,
        `${root}.a 0\r\n\r\nPUB ${root}.b`,
      ]
      expect(await heard(`${root}.>`, root, strange)).toEqual([])
    })

    test('a signal reaches every subscriber, each once', async () => {
      const root = space()
      const got: string[] = []
      const all = Promise.withResolvers<void>()
      const note = (who: string) => () => {
        got.push(who)
        if (got.length === 3) all.resolve()
      }
      const subscriptions = [
        signals.subscribe(root, note('one')),
        signals.subscribe(root, note('two')),
        signals.subscribe('test.*', note('three')),
      ]
      await Promise.all(subscriptions.map(({ ready }) => ready))
      signals.send(`${root}.else`)
      signals.send(root)
      await all.promise
      expect(got.toSorted()).toEqual(['one', 'three', 'two'])
      for (const subscription of subscriptions) subscription.unsubscribe()
    })

    test('a handler that throws keeps nobody else from hearing, nor itself from the next', async () => {
      const root = space()
      let thrown = 0
      const subscription = signals.subscribe(root, () => {
        thrown += 1
        throw new Error('made up')
      })
      await subscription.ready
      expect(await heard(`${root}.>`, root, [root, `${root}.a`, root, `${root}.b`])).toEqual([
        `${root}.a`,
        `${root}.b`,
      ])
      expect(thrown).toBe(2)
      subscription.unsubscribe()
    })

    test('a handler is not called within send, nor after it unsubscribed', async () => {
      const root = space()
      const got: string[] = []
      const subscription = signals.subscribe(`${root}.a`, ({ subject }) => got.push(subject))
      await subscription.ready
      signals.send(`${root}.a`)
      expect(got).toEqual([])
      await heard(`${root}.b`, root, [])
      expect(got).toEqual([`${root}.a`])
      subscription.unsubscribe()
      await heard(`${root}.b`, root, [`${root}.a`])
      expect(got).toEqual([`${root}.a`])
    })

    test('it has no fault while it works', () => {
      expect(signals.fault()).toBeUndefined()
    })

    test('after close nothing is heard or refused, and the fault says so', async () => {
      const closed = await subject.open()
      const got: string[] = []
      const root = space()
      await closed.subscribe(root, ({ subject }) => got.push(subject)).ready
      await closed.close()
      closed.send(root)
      await closed.subscribe(root, ({ subject }) => got.push(subject)).ready
      await heard(`${root}.>`, root, [root])
      expect(got).toEqual([])
      expect(closed.fault()).toBe('closed')
      await expect(closed.close()).resolves.toBeUndefined()
    })
  })
}
