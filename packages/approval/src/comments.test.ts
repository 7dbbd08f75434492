import { expect, test } from 'vitest'
import { MOST_COMMENTS } from './comments.ts'
import { commented, fold, requested } from './testing/scenario.ts'

const commentsOf = (events: Parameters<typeof fold>[0]) =>
  fold(events)
    .state.approvals.get('A')
    ?.comments?.map(({ id, actor, at }) => [id, actor.name, at])

test('comments are kept in their order, with who said them and when', () => {
  const events = [requested('A', 0), commented('A', 1, 'c-1'), commented('A', 2, 'c-2')]
  expect(commentsOf(events)?.map(([id]) => id)).toEqual(['c-1', 'c-2'])
})

test('the same comment, appended twice, is one', () => {
  expect(commentsOf([requested('A', 0), commented('A', 1), commented('A', 2)])).toHaveLength(1)
})

test('a comment tells those who look, and changes nothing of what may happen', () => {
  const { state, outcomes } = fold([requested('A', 0), commented('A', 1)])
  expect(outcomes.at(-1)).toMatchObject({ accepted: true, changed: ['A'] })
  expect(state.approvals.get('A')).toMatchObject({ status: 'pending', votes: [], answer: null })
})

test('an approval that is over is commented on all the same', () => {
  expect(commentsOf([requested('A', 0), commented('A', 1000)])).toHaveLength(1)
  expect(fold([requested('A', 0), commented('A', 1000)]).state.approvals.get('A')?.status).toBe('expired')
})

test('so many are kept and no more', () => {
  const many = Array.from({ length: MOST_COMMENTS + 1 }, (_, nth) => commented('A', 1, `c-${nth}`))
  const { state, outcomes } = fold([requested('A', 0), ...many])
  expect(state.approvals.get('A')?.comments).toHaveLength(MOST_COMMENTS)
  expect(outcomes.at(-1)).toMatchObject({ accepted: false, kind: 'conflict' })
})
