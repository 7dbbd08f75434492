import { expect, test } from 'vitest'
import { at, fold, linkOpened, requested, told, voted } from './testing/scenario.ts'

test('the messages in which people were told are remembered, and nobody who waits is woken by it', () => {
  const { state, last } = fold([requested('A', 0), told('A', 1), told('A', 2)])
  expect(last).toMatchObject({ accepted: true, status: 'pending', changed: [] })
  const message = { destination: 'teams', place: '19:room', id: 'm-1' }
  expect(state.approvals.get('A')?.told).toEqual([message, message])
})

test('a link opens once, as long as the approval is pending', () => {
  const { state, outcomes } = fold([
    requested('A', 0),
    linkOpened('A', 1),
    linkOpened('A', 2),
    linkOpened('A', 2, 'link-2'),
    voted('A', 3),
    linkOpened('A', 4, 'link-3'),
  ])
  expect(outcomes.map(({ accepted }) => accepted)).toEqual([true, true, false, true, true, false])
  expect(outcomes[2]).toMatchObject({ kind: 'conflict', reason: `it was opened at ${at(1)}`, changed: [] })
  expect(state.approvals.get('A')?.openedLinks).toEqual({ 'link-1': at(1), 'link-2': at(2) })
})

test('what is noted after the time is over still expires the approval, and that is told', () => {
  expect(fold([requested('A', 0), told('A', 16)]).last).toMatchObject({ status: 'expired', changed: ['A'] })
})
