import { isDeepStrictEqual } from 'node:util'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { denialFacts, pendingFacts } from './denial-facts.ts'
import { DenialShape } from './denial-shape.ts'
import { FIRST_TIME, NO_GUIDANCE } from './guidance.ts'
import { type ActionVerdict, denial } from './verdict.ts'

const ACTION = {
  recordedAction: 'mcp.tools.drop',
  actionId: '0198',
  upstream: { name: 'notes' },
} as Parameters<typeof denialFacts>[0]

const judgedBy = (by: ActionVerdict['by'], more: Partial<ActionVerdict> = {}): ActionVerdict => ({
  ...denial('protocol', 'a rule', 'a reason'),
  by,
  ...more,
})

const EVERY = {
  'kill switch': judgedBy('kill_switch'),
  gateway: judgedBy('gateway'),
  upstream: judgedBy('upstream'),
  permissions: judgedBy('permissions'),
  catalog: judgedBy('catalog'),
  guardrail: judgedBy('guardrails'),
  'denied by a person': judgedBy('approval', { approvalId: 'a', answeredBy: 'dana', ended: 'denied' }),
  expired: judgedBy('approval', { approvalId: 'a', ended: 'expired' }),
  'revoked approver': judgedBy('approver'),
  limit: judgedBy('limit', { rule: 'limit: calls at once', code: 'SP_TOO_MANY_CALLS' }),
  protocol: judgedBy('protocol'),
  fault: judgedBy('fault', { fault: 'SP_X' }),
} as const

describe.each(Object.entries(EVERY))('a denial by %s', (_, verdict) => {
  const facts = denialFacts(ACTION, verdict)

  test('has the one shape of all denials, also as JSON', () => {
    expect([...Value.Errors(DenialShape, facts)]).toEqual([])
    expect(isDeepStrictEqual(JSON.parse(JSON.stringify(facts)), facts)).toBe(true)
  })

  test('says whether something is broken, how access is had and whether trying again helps', () => {
    expect(facts.message).toMatch(/nothing is broken|Nothing is broken|fault of Sallyport|Sallyport works/i)
    expect(facts.message).toMatch(/again/)
    expect(facts.access.how).not.toBe('')
    expect(facts.rule).toBe(verdict.rule)
  })

  test('names no command that would grant it', () => {
    expect(JSON.stringify(facts)).not.toMatch(
      /sallyport (?:permission|approvals|gateway|catalog|kill)|npx|--/i,
    )
  })
})

test('every cause is told from the others', () => {
  const told = Object.entries(EVERY).map(([name, verdict]) => {
    const { outcome, because, code, access, retry } = denialFacts(ACTION, verdict)
    return [name, outcome, because, code, access.by, retry]
  })
  expect(told).toEqual([
    ['kill switch', 'denied', 'policy', 'SP_DENIED', 'administrator', 'after_change'],
    ['gateway', 'denied', 'policy', 'SP_DENIED', 'administrator', 'after_change'],
    ['upstream', 'denied', 'policy', 'SP_DENIED', 'administrator', 'after_change'],
    ['permissions', 'denied', 'policy', 'SP_DENIED', 'administrator', 'after_change'],
    ['catalog', 'denied', 'policy', 'SP_DENIED', 'administrator', 'after_change'],
    ['guardrail', 'denied', 'policy', 'SP_DENIED', 'administrator', 'changed_call'],
    ['denied by a person', 'denied', 'person', 'SP_DENIED', 'approver', 'no'],
    ['expired', 'expired', 'person', 'SP_DENIED', 'approver', 'same_call'],
    ['revoked approver', 'denied', 'person', 'SP_DENIED', 'approver', 'same_call'],
    ['limit', 'denied', 'limit', 'SP_TOO_MANY_CALLS', null, 'later'],
    ['protocol', 'denied', 'protocol', 'SP_PROTOCOL_BROKEN', null, 'changed_call'],
    ['fault', 'failed', 'fault', 'SP_X', 'operator', 'later'],
  ])
})

test('a call that waits for a person has the same shape, and says when to repeat it', () => {
  const pending = { message: 'It waits.', approvalId: 'a', approvalUrl: null, retryAfterMs: 5000 }
  const facts = pendingFacts(ACTION, judgedBy('permissions', { outcome: 'hold' }), pending)
  expect([...Value.Errors(DenialShape, facts)]).toEqual([])
  expect(facts).toMatchObject({
    outcome: 'pending',
    code: 'SP_PENDING',
    retry: 'same_call',
    retryAfterMs: 5000,
  })
})

test('arguments that are too large for a rule that reads them are told their limit', () => {
  const { limits, message } = denialFacts(ACTION, judgedBy('guardrails', { rule: 'guardrails: arguments' }))
  expect(limits).toEqual([{ of: 'arguments', most: 1_048_576, unit: 'characters' }])
  expect(message).toContain('arguments of at most 1048576 characters')
})

test('a paused agent is told for how long, also where a rule would have to change', () => {
  const repeat = { times: 6, told: 'paused', pauseMs: 9999.5 } as const
  const facts = denialFacts(ACTION, EVERY.permissions, { ...NO_GUIDANCE, repeat })
  expect(facts).toMatchObject({ outcome: 'paused', retry: 'after_change', retryAfterMs: 10_000, times: 6 })
})

test('the tool that asks for access is told only where a rule is in the way', () => {
  const guidance = { allowed: [], askWith: 'sallyport.request_access', repeat: FIRST_TIME }
  expect(denialFacts(ACTION, EVERY.permissions, guidance).access.tool).toBe('sallyport.request_access')
  expect(denialFacts(ACTION, EVERY.fault, guidance).access.tool).toBeNull()
  expect(denialFacts(ACTION, EVERY['denied by a person'], guidance).access.tool).toBeNull()
})
