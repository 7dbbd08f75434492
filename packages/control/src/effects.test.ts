import { createPublisher, memoryEventLog } from '@sallyport/event-log'
import { newEvent } from '@sallyport/events'
import { expect, onTestFinished, test } from 'vitest'
import { type RunningControlView, startControlView } from './control-view.ts'
import { Effects } from './effects.ts'
import type { ControlEvent } from './evolve.ts'
import { INITIAL_STATE } from './state.ts'

const actor = { type: 'person', name: 'dana' } as const
const draft = { source: '/decision', subject: 'a', tenant: 'default', key: 'default' } as const
const AT = new Date('2026-11-21T12:00:00.000Z')

async function startView() {
  const log = memoryEventLog()
  const view: RunningControlView = startControlView({ log })
  const publisher = createPublisher({ log, producer: 'decision/1' })
  onTestFinished(() => view.stop())
  await view.caughtUp
  let offset = -1
  return {
    view,
    /** Adds a gateway and gives the offset of the command. */
    async add(name: string, idempotencyKey: string | null = null) {
      const data = { actor, idempotencyKey, id: `id-${name}`, name, tokenHash: 'a'.repeat(64) }
      const position = await publisher.publish(
        newEvent({ ...draft, type: 'sallyport.gateway.added.v1', data }, AT),
      )
      await view.settled(position)
      offset = position.offset
      return offset
    },
  }
}

test('of each command it is known whether it was done, rejected or a repetition', async () => {
  const { view, add } = await startView()
  expect(view.effectOf(await add('a'))).toEqual({ kind: 'done' })
  expect(view.effectOf(await add('a'))).toEqual({ kind: 'rejected', reason: 'there is a gateway a' })
  await add('b', 'b'.repeat(64))
  expect(view.effectOf(await add('b', 'b'.repeat(64)))).toEqual({ kind: 'repeated' })
})

test('of a command that is not applied here yet nothing is known', async () => {
  const { view, add } = await startView()
  const offset = await add('a')
  expect(view.effectOf(offset + 1)).toBeUndefined()
})

test('10,000 commands without effect are remembered, and of what was before them nothing is known', () => {
  const effects = new Effects()
  const event = {
    type: 'sallyport.gateway.revoked.v1',
    data: { actor, idempotencyKey: null, name: 'a' },
  } as ControlEvent
  const rejection = { accepted: false, kind: 'not_found', reason: 'there is no gateway a' } as const
  for (let offset = 1; offset <= 10_001; offset += 1) effects.note(event, offset, rejection, INITIAL_STATE)
  expect(effects.of(0)).toBeUndefined()
  expect(effects.of(1)).toBeUndefined()
  expect(effects.of(2)).toEqual({ kind: 'rejected', reason: 'there is no gateway a' })
  expect(effects.of(10_002)).toEqual({ kind: 'done' })
})
