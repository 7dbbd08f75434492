import { describe, expect, test } from 'vitest'
import { callDigest } from './call-digest.ts'
import {
  at,
  binding,
  cancelled,
  claimed,
  dana,
  expired,
  fold,
  omar,
  requested,
  voted,
} from './testing/scenario.ts'

const accepted = (approvalId: string, status: string, changed = [approvalId]) => ({
  accepted: true,
  attached: false,
  approvalId,
  status,
  changed,
})
const rejected = (kind: string, status: string | null, reason: RegExp, changed: string[] = []) => ({
  accepted: false,
  approvalId: 'A',
  kind,
  status,
  changed,
  reason: expect.stringMatching(reason),
})

describe('a request', () => {
  test('begins a pending approval with every fact a person needs', () => {
    const { state, last } = fold([requested('A', 0)])
    expect(last).toEqual(accepted('A', 'pending'))
    expect(state.approvals.get('A')).toMatchObject({
      status: 'pending',
      binding: binding('a'),
      arguments: { title: 'issue a' },
      gateway: { name: 'code-agent' },
      requestedAt: at(0),
      expiresAt: at(15),
      usableUntil: null,
      answer: null,
      endedAt: null,
    })
  })

  test('attaches to the pending approval of the same exact call', () => {
    const { state, last } = fold([requested('A', 0), requested('B', 1)])
    expect(last).toEqual({ accepted: true, attached: true, approvalId: 'A', status: 'pending', changed: [] })
    expect([...state.approvals.keys()]).toEqual(['A'])
    expect(state.approvals.get('A')?.attachments).toBe(1)
  })

  test('attaches to an approved one that is still usable', () => {
    const { last } = fold([requested('A', 0), voted('A', 1), requested('B', 10)])
    expect(last).toMatchObject({ attached: true, approvalId: 'A', status: 'approved' })
  })

  test('for a call with other arguments begins its own', () => {
    const { last } = fold([requested('A', 0), requested('B', 1, 'b')])
    expect(last).toEqual(accepted('B', 'pending'))
  })

  test.each([
    ['was denied', [requested('A', 0), voted('A', 1, { vote: 'deny' })], []],
    ['was used', [requested('A', 0), voted('A', 1), claimed('A', 2)], []],
    ['was cancelled', [requested('A', 0), cancelled('A', 1)], []],
    ['is overdue though no timer has said so', [requested('A', 0)], ['A']],
    ['was approved and never used', [requested('A', 0), voted('A', 1)], ['A']],
  ])('begins a new approval when the old one %s', (_, history, ended) => {
    const { last } = fold([...history, requested('B', 20)])
    expect(last).toEqual(accepted('B', 'pending', [...ended, 'B']))
  })

  test('whose binding does not hash to its digest is rejected', () => {
    const forged = requested('A', 0)
    const data = { ...forged.data, binding: binding('b') } as typeof forged.data
    const { state, last } = fold([{ ...forged, data } as typeof forged])
    expect(last).toEqual(rejected('invalid', null, /binding/))
    expect(state.approvals.size).toBe(0)
  })

  test('bound to another tenant than the event is rejected', () => {
    expect(fold([{ ...requested('A', 0), tenant: 'other' }]).last).toEqual(
      rejected('invalid', null, /binding/),
    )
  })

  test('that the log took twice is one request', () => {
    const { state, last } = fold([requested('A', 0), requested('A', 0)])
    expect(last).toEqual(accepted('A', 'pending', []))
    expect(state.approvals.get('A')?.attachments).toBe(0)
  })

  test('with the id of an ended approval does not revive it', () => {
    const { state, last } = fold([requested('A', 0), voted('A', 1, { vote: 'deny' }), requested('A', 2)])
    expect(last).toEqual(rejected('conflict', null, /in use/))
    expect(state.approvals.get('A')?.status).toBe('denied')
  })
})

describe('a vote', () => {
  test('to approve makes it usable for its time', () => {
    const { state, last } = fold([requested('A', 0), voted('A', 3, { reason: 'looks right' })])
    expect(last).toEqual(accepted('A', 'approved'))
    expect(state.approvals.get('A')).toMatchObject({
      answer: { vote: 'approve', actor: dana, reason: 'looks right', at: at(3) },
      usableUntil: at(13),
      endedAt: null,
    })
  })

  test('to deny ends it', () => {
    const { state, last } = fold([requested('A', 0), voted('A', 3, { vote: 'deny' })])
    expect(last).toEqual(accepted('A', 'denied'))
    expect(state.approvals.get('A')).toMatchObject({ usableUntil: null, endedAt: at(3) })
  })

  test('after another one is rejected, with the name and the answer of the first', () => {
    const second = voted('A', 3, { actor: omar, vote: 'deny' })
    const { last } = fold([requested('A', 0), voted('A', 3), second])
    expect(last).toEqual(rejected('conflict', 'approved', /^approved by dana at 2026-11-21T09:03/))
  })

  test('at the very instant of the expiry is late, and the approval is expired from then on', () => {
    const { state, last } = fold([requested('A', 0), voted('A', 15)])
    expect(last).toEqual(rejected('expired', 'expired', /expired at/, ['A']))
    expect(state.approvals.get('A')).toMatchObject({ answer: null, endedAt: at(15) })
  })

  test('repeated with the same key by the same person is the same vote', () => {
    const vote = { key: 'k1' }
    const { state, last } = fold([requested('A', 0), voted('A', 3, vote), voted('A', 4, vote)])
    expect(last).toEqual(accepted('A', 'approved', []))
    expect(state.approvals.get('A')?.answer?.at).toBe(at(3))
  })

  test.each([
    ['another person', { key: 'k1', actor: omar }],
    ['another token that got the name', { key: 'k1', actor: { ...dana, id: 'token-2' } }],
    ['the opposite answer', { key: 'k1', vote: 'deny' as const }],
    ['another key', { key: 'k2' }],
    ['no key', { key: null }],
  ])('repeated with %s is another vote', (_, second) => {
    const { last } = fold([requested('A', 0), voted('A', 3, { key: 'k1' }), voted('A', 4, second)])
    expect(last).toMatchObject({ accepted: false, kind: 'conflict' })
  })

  test('without a key is never taken for a repetition', () => {
    const { last } = fold([requested('A', 0), voted('A', 3), voted('A', 4)])
    expect(last).toMatchObject({ accepted: false, kind: 'conflict' })
  })

  test('on what nobody asked for is not found', () => {
    expect(fold([voted('A', 1)]).last).toEqual(rejected('not_found', null, /no such/))
  })

  test('that names another call than the approval is for is rejected', () => {
    const { state, last } = fold([requested('A', 0), voted('A', 1, { args: 'b' })])
    expect(last).toEqual(rejected('conflict', null, /another call/))
    expect(state.approvals.get('A')?.status).toBe('pending')
  })
})

test('an event of another tenant does not reach the approval', () => {
  const { state, last } = fold([requested('A', 0), { ...voted('A', 1), tenant: 'other' }])
  expect(last).toEqual(rejected('conflict', null, /another call/))
  expect(state.approvals.get('A')?.status).toBe('pending')
})

describe('the timer', () => {
  test.each([
    ['before the expiry changes nothing', [], 14, /not due/],
    ['while an approval is usable changes nothing', [voted('A', 1)], 10, /not due/],
    ['after an answer that ended it changes nothing', [voted('A', 1, { vote: 'deny' })], 15, /over already/],
    ['a second time changes nothing', [expired('A', 15)], 16, /over already/],
  ])('%s', (_, history, minute, reason) => {
    const { last } = fold([requested('A', 0), ...history, expired('A', minute)])
    expect(last).toMatchObject({
      accepted: false,
      kind: 'conflict',
      changed: [],
      reason: expect.stringMatching(reason),
    })
  })

  test('expires what nobody answered, at its deadline', () => {
    const { state, last } = fold([requested('A', 0), expired('A', 17)])
    expect(last).toEqual(accepted('A', 'expired'))
    expect(state.approvals.get('A')?.endedAt).toBe(at(15))
  })

  test('lapses what was approved and not used', () => {
    const { last } = fold([requested('A', 0), voted('A', 1), expired('A', 11)])
    expect(last).toEqual(accepted('A', 'lapsed'))
  })
})

describe('a cancellation', () => {
  test('of a pending approval cancels it', () => {
    expect(fold([requested('A', 0), cancelled('A', 1)]).last).toEqual(accepted('A', 'cancelled'))
  })

  test('of an approved one revokes it, and no claim succeeds after it', () => {
    const { outcomes } = fold([requested('A', 0), voted('A', 1), cancelled('A', 2), claimed('A', 3)])
    expect(outcomes[2]).toEqual(accepted('A', 'revoked'))
    expect(outcomes[3]).toEqual(rejected('conflict', 'revoked', /revoked by proxy at .*policy changed/))
  })

  test('of what was used already is rejected', () => {
    const { last } = fold([requested('A', 0), voted('A', 1), claimed('A', 2), cancelled('A', 3)])
    expect(last).toEqual(rejected('conflict', 'consumed', /approved by dana/))
  })
})

describe('a claim', () => {
  const approved = [requested('A', 0), voted('A', 1)]

  test('of an approved call consumes it', () => {
    const { state, last } = fold([...approved, claimed('A', 2, 'act-9')])
    expect(last).toEqual(accepted('A', 'consumed'))
    expect(state.approvals.get('A')?.claim).toEqual({ actionId: 'act-9', claimant: 'proxy/1', at: at(2) })
  })

  test('is won once: the second action is refused', () => {
    const { last } = fold([...approved, claimed('A', 2, 'act-1'), claimed('A', 2, 'act-2')])
    expect(last).toEqual(rejected('conflict', 'consumed', /used at/))
  })

  test('repeated by the action that won it is the same claim', () => {
    const { state, last } = fold([...approved, claimed('A', 2, 'act-1'), claimed('A', 3, 'act-1')])
    expect(last).toEqual(accepted('A', 'consumed', []))
    expect(state.approvals.get('A')?.claim?.at).toBe(at(2))
  })

  test.each([
    ['is pending', [requested('A', 0)], 'pending'],
    ['was denied', [requested('A', 0), voted('A', 1, { vote: 'deny' })], 'denied'],
  ])('of what %s is refused', (_, history, status) => {
    const { last } = fold([...history, claimed('A', 2)])
    expect(last).toMatchObject({ accepted: false, kind: 'conflict', status })
  })

  test('at the very instant the approval lapses is late', () => {
    expect(fold([...approved, claimed('A', 11)]).last).toEqual(
      rejected('expired', 'lapsed', /not used until/, ['A']),
    )
  })

  test('for another exact call than was approved is refused', () => {
    const { state, last } = fold([...approved, claimed('A', 2, 'act-1', 'b')])
    expect(last).toEqual(rejected('conflict', null, /another call/))
    expect(state.approvals.get('A')?.status).toBe('approved')
  })
})

test('an event that is not keyed by its call is rejected: its order would not be the same everywhere', () => {
  const { last } = fold([requested('A', 0), { ...voted('A', 1), key: 'A' }])
  expect(last).toEqual(rejected('invalid', null, /keyed/))
})

describe('what is remembered', () => {
  const denied = (id: string, minute: number, args: string) => [
    requested(id, minute, args),
    voted(id, minute, { args, vote: 'deny' }),
  ]
  const limits = { count: 2, ageMs: 60 * 60_000, argumentUnits: 1000 }

  test('is the most recently ended, up to a number', () => {
    const story = [...denied('A', 0, 'a'), ...denied('B', 1, 'b'), ...denied('C', 2, 'c')]
    expect([...fold(story, limits).state.approvals.keys()]).toEqual(['B', 'C'])
  })

  test('is no older than the limit', () => {
    const story = [...denied('A', 0, 'a'), ...denied('B', 61, 'b')]
    expect([...fold(story, limits).state.approvals.keys()]).toEqual(['B'])
  })

  test('is bounded by the size of the arguments together', () => {
    const story = [...denied('A', 0, 'a'), ...denied('B', 1, 'b')]
    const { state } = fold(story, { ...limits, argumentUnits: 30 })
    expect([...state.approvals.keys()]).toEqual(['B'])
    expect(state.endedUnits).toBe(JSON.stringify({ title: 'issue b' }).length)
  })

  test('always includes what is still open, however many others end', () => {
    const story = [
      requested('P', 0, 'd'),
      ...denied('A', 1, 'a'),
      ...denied('B', 2, 'b'),
      ...denied('C', 14, 'c'),
    ]
    expect([...fold(story, limits).state.approvals.keys()]).toEqual(['P', 'B', 'C'])
  })
})

describe('the digest of a call', () => {
  test('differs when any part of the binding differs', () => {
    const parts = {
      tenant: 't2',
      gatewayId: 'gw-2',
      upstream: 'github',
      action: 'mcp.tools.read',
      argsDigest: null,
      toolDigest: 'f'.repeat(64),
      policyVersion: 'p-2',
    }
    const variants = Object.entries(parts).map(([name, value]) => callDigest(binding('a', { [name]: value })))
    expect(new Set([callDigest(binding('a')), ...variants]).size).toBe(8)
  })

  test('does not depend on the order of members, and ignores what is not part of the binding', () => {
    const reversed = Object.fromEntries(Object.entries({ ...binding('a'), extra: 1 }).reverse())
    expect(callDigest(reversed as unknown as ReturnType<typeof binding>)).toBe(callDigest(binding('a')))
  })
})

test('a deadline is judged by the time of the event itself, also when the clock before it was ahead', () => {
  const { last } = fold([requested('A', 0), requested('B', 14, 'b'), voted('A', 10)])
  expect(last).toEqual(accepted('A', 'approved'))
})
