import { expect, test } from 'vitest'
import { shownTime } from '../shown-time.ts'
import { type StoryEvent, storyText } from './story.ts'

const event = (type: string, seconds: number, data: object): StoryEvent => ({
  type: `sallyport.${type}.v1`,
  at: new Date(Date.UTC(2026, 10, 21, 12, 0, seconds)).toISOString(),
  data,
})
const facts = {
  actionId: 'act-1',
  gateway: { id: 'g-1', name: 'code-agent' },
  upstream: 'tracker',
  connector: 'mcp',
  action: 'mcp.tools.create_issue',
  tool: 'create_issue',
  risk: 'medium',
  client: { name: 'claude-code', version: '2.1' },
  arguments: { title: 'Crash\u001b[2J' },
  findings: [],
}
const plain = (_: string, text: string) => text

test('a story tells what was called, who answered, how it ended, and everything in its order', () => {
  const text = storyText(
    [
      event('action.decided', 0, {
        ...facts,
        phase: 'initial',
        verdict: 'hold',
        by: 'permissions',
        rule: 'permission mcp.tools.create_*',
        reasons: ['a person must answer'],
      }),
      event('approval.requested', 1, { approvalId: 'ap-1', expiresAt: '2026-11-21T12:15:00.000Z' }),
      event('approval.voted', 12, {
        vote: 'approve',
        actor: { type: 'person', name: 'dana' },
        reason: 'fine',
      }),
      event('approval.claimed', 13, { claimant: 'proxy/1' }),
      event('action.decided', 14, {
        ...facts,
        phase: 'resumed',
        verdict: 'allow',
        by: 'approval',
        rule: 'approved',
      }),
      event('action.completed', 15, {
        outcome: 'ok',
        durationMs: 89.4,
        upstreamMs: 80,
        heldMs: 12_000,
        httpStatus: 200,
        errorCode: null,
        requestBytes: 120,
        responseBytes: 900,
      }),
    ],
    plain,
  )
  expect(text).toContain('gateway    code-agent\nupstream   tracker\n')
  expect(text).toContain('client     claude-code 2.1')
  expect(text).toContain('arguments  {"title":"Crash\\u001b[2J"}')
  expect(text).not.toContain('findings')
  expect(text.split('what happened\n')[1]?.replaceAll(/^.{29} {2}/gm, '')).toBe(
    [
      'decided: HOLD (permissions: permission mcp.tools.create_*)',
      'a person must answer',
      `a person is asked: approval ap-1, until ${shownTime('2026-11-21T12:15:00.000Z')}`,
      'dana answers: approve (fine)',
      'the approval is used by proxy/1',
      'decided again: ALLOW (approval: approved)',
      'completed: ok in 89ms (upstream 80ms, held for 12s), HTTP 200, 120 bytes sent, 900 received',
    ].join('\n'),
  )
})

test('of an event that belongs to no action everything is told that it says', () => {
  const actor = { type: 'bot', name: 'ci' }
  const text = storyText(
    [event('kill_switch.set', 0, { scope: 'global', on: true, reason: null, actor })],
    plain,
  )
  expect(text).toMatch(/kill_switch\.set by ci \(bot\)\n +scope: global\n +on: true$/)
})

test('of each answer is told what came of it: it counts, or is refused with the reason', () => {
  const answer = (seconds: number, name: string, vote: string, came: Partial<StoryEvent>) => ({
    ...event('approval.voted', seconds, { vote, actor: { type: 'person', name }, reason: null }),
    ...came,
  })
  const used = 'approved by dana at T1 and used at T2'
  const text = storyText(
    [
      answer(1, 'dana', 'approve', { effect: 'done', rejection: null }),
      answer(2, 'dana', 'approve', { effect: 'repeated', rejection: null }),
      { ...event('approval.claimed', 3, { claimant: 'proxy/1' }), effect: 'done', rejection: null },
      { ...event('approval.claimed', 3, { claimant: 'proxy/2' }), effect: 'rejected', rejection: used },
      answer(4, 'omar', 'deny', { effect: 'rejected', rejection: used }),
      answer(5, 'omar', 'deny', { effect: null, rejection: null }),
    ],
    plain,
  )
  expect(text.split('\n').map((line) => line.slice(31))).toEqual([
    'dana answers: approve: this counts',
    'dana answers: approve: done before',
    'the approval is used by proxy/1',
    `the approval is used by proxy/2: rejected, ${used}`,
    `omar answers: deny: rejected, ${used}`,
    'omar answers: deny',
  ])
})
