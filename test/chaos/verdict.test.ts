import type { Approval, ApprovalEvent, Voter } from '@sallyport/approval'
import { claimed, fold, person, requested, stages, voted } from '@sallyport/approval/testing'
import type { SallyportEvent } from '@sallyport/events'
import { expect, test } from 'vitest'
import type { CallStory } from './agent.ts'
import { type Evidence, verdictOf } from './verdict.ts'

const [fay, finn, sue] = [
  person('fay', ['finance']),
  person('finn', ['finance']),
  person('sue', ['security']),
]
const STAGES = '2 of group:finance then 1 of group:security'

function asked(): ApprovalEvent {
  const event = requested('a-1', 0, 'a', 'act-1', { stages: stages(STAGES) })
  return { ...event, data: { ...event.data, arguments: { id: 'call-1' } } } as ApprovalEvent
}

const votesOf = (...voters: readonly Voter[]) => voters.map((voter, nth) => voted('a-1', nth + 1, { voter }))
const AT_USE = Date.parse(claimed('a-1', 8).time)

/** One call that was carried out once, by these events. */
function evidenceOf(events: readonly ApprovalEvent[], more: Partial<Evidence> = {}): Evidence {
  const decided = {
    type: 'sallyport.action.decided.v1',
    time: new Date(AT_USE + 1).toISOString(),
    data: { phase: 'resumed', verdict: 'allow', arguments: { id: 'call-1' } },
  } as unknown as SallyportEvent
  const logged = (event: SallyportEvent) => ({ event, appendedAt: 0 })
  const folded: ReadonlyMap<string, Approval> = fold(events).state.approvals
  const story: CallStory = { id: 'call-1', gateway: 'g', ending: 'executed', sent: 1, last: '' }
  return {
    stories: [story],
    executions: new Map([['call-1', [AT_USE + 2]]]),
    log: { approvals: events.map(logged), actions: [logged(decided)], folded },
    lists: [[...folded.values()].map(({ approvalId, status }) => `${approvalId} ${status}`)],
    ...more,
  }
}

const WHOLE = [asked(), ...votesOf(fay, finn, sue), claimed('a-1', 8)]
const KEPT = { executedTwice: [], withoutApproval: [], lost: [] }

test('a call that all stages approved, and that was claimed and recorded before it ran, breaks nothing', () => {
  expect(verdictOf(evidenceOf(WHOLE))).toEqual(KEPT)
})

test('a call that ran twice is told', () => {
  const executions = new Map([['call-1', [AT_USE + 2, AT_USE + 9]]])
  expect(verdictOf(evidenceOf(WHOLE, { executions })).executedTwice).toEqual(['call-1: 2 times'])
})

test.each([
  ['lacks a vote', [asked(), ...votesOf(fay, sue), claimed('a-1', 8)]],
  ['has two votes of one person', [asked(), ...votesOf(fay, fay, sue), claimed('a-1', 8)]],
  [
    'has its votes in another order than its stages',
    [asked(), ...votesOf(sue, fay, finn), claimed('a-1', 8)],
  ],
  [
    'was voted for after its claim',
    [asked(), ...votesOf(fay, finn), claimed('a-1', 8), voted('a-1', 9, { voter: sue })],
  ],
  [
    'was voted for after its end',
    [asked(), ...votesOf(fay, finn), voted('a-1', 16, { voter: sue }), claimed('a-1', 17)],
  ],
  [
    'was denied before its last vote',
    [
      asked(),
      ...votesOf(fay, finn),
      voted('a-1', 4, { voter: fay, vote: 'deny' }),
      voted('a-1', 5, { voter: sue }),
      claimed('a-1', 8),
    ],
  ],
  ['was never claimed', [asked(), ...votesOf(fay, finn, sue)]],
])('a call that ran although its approval %s is told', (_, events) => {
  expect(verdictOf(evidenceOf(events)).withoutApproval).toEqual([
    'call-1: no approval with all its votes was claimed',
  ])
})

test('a call that ran before its claim, or without a record, is told', () => {
  const early = { executions: new Map([['call-1', [AT_USE - 5]]]) }
  expect(verdictOf(evidenceOf(WHOLE, early)).withoutApproval).toEqual([
    'call-1: claimed 5 ms after it was carried out',
  ])
  const { log } = evidenceOf(WHOLE)
  const unrecorded = { log: { ...log, actions: [] } }
  expect(verdictOf(evidenceOf(WHOLE, unrecorded)).withoutApproval).toEqual(['call-1: not recorded'])
})

test('what is still open, what an agent never learned, and what an instance does not list are lost', () => {
  const story: CallStory = { id: 'call-1', gateway: 'g', ending: undefined, sent: 3, last: 'nothing' }
  const evidence = evidenceOf([asked()], { stories: [story], executions: new Map(), lists: [['a-2 denied']] })
  expect(verdictOf(evidence).lost).toEqual([
    'call-1: its agent never learned what became of it (3 times sent): nothing',
    'approval a-1 is still pending',
    'instance 1 does not list a-1 pending',
    'instance 1 alone lists a-2 denied',
  ])
})
