import { expect, test } from 'vitest'
import { approvalOutcome } from './approval-outcome.ts'
import { stageLines, stagesText } from './approval-stages.ts'

const STAGES = [
  { need: 2, of: 'group:finance', have: 1, voters: ['ann'], open: true },
  { need: 1, of: 'group:security', have: 0, voters: [], open: false },
]
const pending = {
  status: 'pending',
  expiresAt: '2026-11-21T12:15:00.000Z',
  answeredBy: null,
  answerReason: null,
  stages: STAGES,
}

test('an approval says whose votes it takes and who has voted', () => {
  expect(stagesText(pending)).toBe('2 of group:finance (ann), then 1 of group:security')
  expect(approvalOutcome(pending)).toMatch(/^waits until .* for 2 of group:finance \(ann\), then /)
  expect(stageLines(pending)).toEqual([
    ['stage 1', '2 of group:finance: 1 of 2 votes (ann), open'],
    ['stage 2', '1 of group:security: 0 of 1 votes'],
  ])
})

test('one vote of anyone is not spelled out', () => {
  const stages = [{ need: 1, of: 'anyone', have: 0, voters: [], open: true }]
  expect(stagesText({ stages })).toBe('')
  expect(stageLines({ status: 'pending', stages })).toEqual([])
})

test('everybody whose vote counted is named', () => {
  const stages = [{ need: 3, of: 'anyone', have: 3, voters: ['ann', 'ben', 'sue'], open: false }]
  expect(approvalOutcome({ ...pending, status: 'lapsed', answeredBy: 'sue', stages })).toBe(
    'approved by ann, ben and sue, not used in time',
  )
  const denied = { ...pending, status: 'denied', answeredBy: 'omar', answerReason: 'no' }
  expect(approvalOutcome(denied)).toBe('by omar (no)')
})

test('clocks, advice, and why nobody or not you are said', () => {
  const approval = {
    ...pending,
    fallback: 'group:managers',
    escalateAt: '2026-11-21T12:10:00.000Z',
    remindedAt: '2026-11-21T12:05:00.000Z',
    advice: [{ name: 'bot', vote: 'deny', reason: 'odd' }],
    unanswerable: 'stage 1 needs 1 of group:finance, and nobody can vote for it',
    youMay: { answer: false, why: 'voted already: ann' },
  }
  const lines = Object.fromEntries(stageLines(approval))
  expect(lines).toMatchObject({
    escalates: expect.stringMatching(/, to group:managers$/),
    reminded: expect.any(String),
    advice: 'bot: deny (odd)',
    nobody: expect.stringContaining('group:finance'),
    'your vote': 'does not count: voted already: ann',
  })
  expect(approvalOutcome(approval)).toContain('nobody can approve it: stage 1 needs')
})
