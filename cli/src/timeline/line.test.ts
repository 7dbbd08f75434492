import { describe, expect, test } from 'vitest'
import { shownTime } from '../shown-time.ts'
import type { AdminLine, DecidedLine, UnreadLine } from './items.ts'
import { columnWidths, logLine } from './line.ts'

const AT = '2026-11-21T14:32:01.000Z'
const item: DecidedLine = {
  kind: 'action',
  actionId: '0198c0de-0000-7000-8000-000000000000',
  at: AT,
  gateway: 'code-agent',
  upstream: 'tracker',
  action: 'mcp.tools.list',
  verdict: 'allow',
  rule: 'builtin mcp.tools.list',
  decisionMs: 1,
  durationMs: 12,
  outcome: 'ok',
  answeredBy: null,
  fault: null,
  holdEnd: null,
  arguments: { query: 'crash' },
}
const held: DecidedLine = {
  ...item,
  action: 'mcp.tools.create_issue',
  verdict: 'hold',
  durationMs: null,
  outcome: null,
}
const admin: AdminLine = {
  kind: 'admin',
  act: 'kill_switch.set',
  gateway: null,
  eventId: '0198c0de-0000-7000-8000-000000000001',
  at: AT,
  by: { type: 'person', name: 'dana' },
  summary: 'kill switch on for global',
  reason: 'it deletes too much',
  effect: 'done',
  rejection: null,
}
const unread: UnreadLine = {
  kind: 'undecodable',
  eventId: 'e',
  at: AT,
  undecodable: { topic: 'sallyport.actions', partition: 0, offset: 7, reason: 'malformed event' },
}
const rest = (line: string) => line.slice(line.indexOf('|') + 2)

describe('a line of the log', () => {
  test('says of a denial that was recorded late that it was', () => {
    const denied = { ...item, verdict: 'deny', fault: 'SP_EVENT_LOG_UNAVAILABLE', late: true } as const
    expect(logLine(denied)).toMatch(/DENY {2}\| 1ms \(SP_EVENT_LOG_UNAVAILABLE\) \(recorded late\)$/)
    expect(logLine({ ...denied, late: false })).not.toContain('late')
  })

  test('begins with date and time, in the time zone of the machine and with its offset', () => {
    const [when] = logLine(item).split(' | ')
    expect(when).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d$/)
    expect(new Date(when ?? '').toISOString()).toBe(AT)
  })

  test.each<[DecidedLine, string]>([
    [item, 'code-agent | tracker | mcp.tools.list          | ALLOW | 12ms'],
    [
      { ...item, action: 'mcp.tools.create_issue', durationMs: 89, answeredBy: 'dana' },
      'code-agent | tracker | mcp.tools.create_issue  | ALLOW | 89ms (approved by dana)',
    ],
    [
      { ...item, action: 'mcp.tools.delete_branch', verdict: 'deny', rule: 'permission mcp.tools.delete_*' },
      'code-agent | tracker | mcp.tools.delete_branch | DENY  | 1ms (permission mcp.tools.delete_*)',
    ],
    [
      { ...item, outcome: 'upstream_error' },
      'code-agent | tracker | mcp.tools.list          | ALLOW | 12ms (upstream error)',
    ],
  ])('%# reads like the documented one', (given, line) => {
    expect(rest(logLine(given))).toBe(line)
  })

  test.each<[Partial<DecidedLine>, string]>([
    [{}, 'waiting...'],
    [{ holdEnd: { status: 'pending', by: null, at: null, reason: null } }, 'waiting...'],
    [{ outcome: 'aborted' }, 'waiting... (its caller has gone)'],
    [{ holdEnd: ended('approved', 'dana') }, 'approved by dana after 12s'],
    [{ holdEnd: ended('consumed', 'dana') }, 'approved by dana after 12s'],
    [{ holdEnd: ended('denied', 'omar') }, 'denied by omar after 12s'],
    [{ holdEnd: ended('denied', 'omar'), outcome: 'aborted' }, 'denied by omar after 12s'],
    [{ holdEnd: ended('expired', null) }, 'expired, unanswered after 12s'],
    [{ holdEnd: ended('lapsed', 'dana') }, 'approved by dana and not used after 12s'],
    [{ holdEnd: ended('cancelled', 'proxy', 'revoked gateway') }, 'cancelled: revoked gateway after 12s'],
  ])('of a held action tells how it ended: %j', (change, outcome) => {
    expect(rest(logLine({ ...held, ...change }))).toBe(
      `code-agent | tracker | mcp.tools.create_issue  | HOLD  | ${outcome}`,
    )
  })

  test('is wide with the id for the story and the arguments', () => {
    expect(logLine(item, { wide: true })).toMatch(
      /12ms \| 0198c0de-0000-7000-8000-000000000000 \| \{"query":"crash"\}$/,
    )
  })

  test.each<[Partial<AdminLine>, string]>([
    [{}, 'dana | ADMIN | kill switch on for global (it deletes too much)'],
    [{ reason: null }, 'dana | ADMIN | kill switch on for global'],
    [
      { effect: 'rejected', rejection: 'it is on' },
      'dana | ADMIN | kill switch on for global (it deletes too much): rejected, it is on',
    ],
    [{ effect: 'repeated' }, 'dana | ADMIN | kill switch on for global (it deletes too much): done before'],
  ])(
    'of an administrative act says who did what, why, and whether it came to nothing: %j',
    (change, line) => {
      expect(rest(logLine({ ...admin, ...change }))).toBe(line)
    },
  )

  test('of a record that cannot be read says so, and hides no other', () => {
    expect(rest(logLine(unread))).toBe('UNREAD | sallyport.actions/0/7 | malformed event')
    expect(columnWidths([unread, item])).toEqual(columnWidths([item]))
  })

  test('has no line break or escape that an agent chose', () => {
    const line = logLine({ ...item, arguments: { a: '\u001b[2J' }, upstream: 'a\nb' }, { wide: true })
    expect(line).not.toContain('\u001b')
    expect(line).not.toContain('\n')
  })

  test('has its verdict in colour where that is wanted', () => {
    const line = logLine({ ...item, verdict: 'deny' }, { paint: (tone, text) => `<${tone}>${text}</>` })
    expect(line).toContain(' | <bad>DENY </> | ')
  })
})

test('a local time is one that Date reads back', () => {
  expect(new Date(shownTime(AT)).toISOString()).toBe(AT)
})

function ended(status: string, by: string | null, reason: string | null = null) {
  return { status, by, at: '2026-11-21T14:32:13.000Z', reason }
}
