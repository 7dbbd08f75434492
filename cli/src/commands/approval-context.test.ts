import { expect, test } from 'vitest'
import { contextLines } from './approval-context.ts'

const similar = { approved: 0, denied: 0, unanswered: 0, sameCall: 0, last: null }

test('what is around a held call is told line by line', () => {
  const context = {
    sentence: 'code-agent wants to call the tool drop_note on files: high risk, held by permission x.',
    next: ['Approved, it goes on once.', 'Denied, nothing is carried out.'],
    tool: { title: null, description: 'Removes it.', status: 'changed', since: '2026-11-21T09:00:00.000Z' },
    similar: {
      ...similar,
      approved: 2,
      denied: 1,
      last: { answer: 'deny', by: 'dana', at: '2026-11-21T09:00:00.000Z' },
    },
  }
  expect(contextLines({ context })).toEqual([
    ['tool says', 'Removes it.'],
    ['tool is', expect.stringContaining('changed since 2026-11-21')],
    [
      'before',
      expect.stringMatching(/^2 approved, 1 denied, 0 unanswered, 0 with .*; last denied by dana at 2026-/),
    ],
    ['next', 'Approved, it goes on once.'],
    ['', 'Denied, nothing is carried out.'],
  ])
})

test('an agent that was never answered about the action is said to be new to it', () => {
  const context = { sentence: 'x', next: [], tool: null, similar }
  expect(contextLines({ context })).toEqual([['before', 'this agent was never answered about this action']])
})

test('nothing is told where the API told nothing', () => {
  expect(contextLines({})).toEqual([])
})
