import { expect, test } from 'vitest'
import { contextLines } from './approval-context.ts'

const unknown = { actsFor: null, session: null }
const similar = { approved: 0, denied: 0, unanswered: 0, sameCall: 0, last: null }

test('what is around a held call is told line by line', () => {
  const context = {
    ...unknown,
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
  const context = { ...unknown, sentence: 'x', next: [], tool: null, similar }
  expect(contextLines({ context })).toEqual([['before', 'this agent was never answered about this action']])
})

test('whom the agent acts for and its session so far come first', () => {
  const earlier = { at: '2026-11-21T09:00:00.000Z', upstream: 'files', action: 'mcp.tools.read' }
  const context = {
    ...{ sentence: 'x', next: [], tool: null, similar },
    actsFor: { issuer: 'https://login.example', subject: '42', person: 'dana' },
    session: {
      actions: [
        { ...earlier, verdict: 'allow', outcome: 'ok' },
        { ...earlier, verdict: 'deny', outcome: null },
      ],
      more: 3,
      limits: 'As one proxy saw it.',
    },
  }
  expect(contextLines({ context }).slice(0, 5)).toEqual([
    ['acts for', 'dana (42 of https://login.example)'],
    ['session', '3 earlier'],
    ['', expect.stringMatching(/^2026-11-21.* mcp.tools.read on files: allow, ok$/)],
    ['', expect.stringMatching(/mcp.tools.read on files: deny$/)],
    ['', 'As one proxy saw it.'],
  ])
})

test('nothing is told where the API told nothing', () => {
  expect(contextLines({})).toEqual([])
})
