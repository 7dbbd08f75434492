import { expect, test } from 'vitest'
import { denialFacts } from './denial-facts.ts'
import { FIRST_TIME, type Guidance, NO_GUIDANCE } from './guidance.ts'
import { type ActionVerdict, denial } from './verdict.ts'

const ACTION = {
  recordedAction: 'mcp.tools.drop',
  actionId: '0198',
  upstream: { name: 'notes' },
} as Parameters<typeof denialFacts>[0]

const DENIED: ActionVerdict = {
  ...denial(
    'protocol',
    'permission mcp.tools.drop',
    'permission mcp.tools.drop (gateway a, connector mcp) denies this action',
  ),
  by: 'permissions',
}

const words = (verdict: Partial<ActionVerdict> = {}, guidance: Guidance = NO_GUIDANCE) =>
  denialFacts(ACTION, { ...DENIED, ...verdict }, guidance).message

test('a rule is named once, by itself or by the reason that begins with it', () => {
  expect(words()).toBe(
    'Sallyport denied mcp.tools.drop on notes: permission mcp.tools.drop (gateway a, connector mcp) denies this action. ' +
      'This is policy, and nothing is broken. Trying again does not help until a person has changed that.',
  )
  expect(words({ rule: 'kill switch', reasons: ['dana stopped it', 'ask dana'] })).toContain(
    'Sallyport denied mcp.tools.drop on notes: kill switch: dana stopped it; ask dana.',
  )
})

test('a denial says what is allowed in its place, and with which tool access is asked for', () => {
  const allowed = [
    { kind: 'tool', name: 'list', needsPerson: false },
    { kind: 'tool', name: 'archive', needsPerson: true },
  ] as const
  expect(words({}, { allowed, askWith: 'sallyport.request_access', repeat: FIRST_TIME })).toContain(
    'Allowed instead: list, archive (a person is asked). To ask a person for access, call the tool sallyport.request_access.',
  )
})

test('a fault says that it is not a judgement', () => {
  const text = words({ by: 'fault', fault: 'SP_X', reasons: ['the log is away'] })
  expect(text).toContain('could not let mcp.tools.drop through: the log is away (SP_X)')
  expect(text).toContain('not a judgement')
  expect(text).toContain('Try again later, not before 1 second.')
})

test("a person's answer comes with its approval", () => {
  const text = words({
    by: 'approval',
    answeredBy: 'dana',
    approvalId: '0198',
    reasons: ['dana said no'],
    ended: 'denied',
  })
  expect(text).toContain('Sallyport denied mcp.tools.drop: dana said no. Approval 0198.')
  expect(text).toContain('Do not repeat it unless a person tells you to')
})

test.each([
  [3, 'the 3rd time unchanged. Do not repeat it.'],
  [11, 'the 11th time unchanged. Do not repeat it.'],
  [22, 'the 22nd time unchanged. Do not repeat it.'],
])('the agent that repeats a denied call hears fewer words: %i', (times, end) => {
  const text = words({}, { ...NO_GUIDANCE, repeat: { times, told: 'short', pauseMs: 0 } })
  expect(text).toBe(`Sallyport denied mcp.tools.drop again (permission mcp.tools.drop), ${end}`)
})

test('the agent that goes on repeating it is told for how long to leave it alone', () => {
  const text = words({}, { ...NO_GUIDANCE, repeat: { times: 6, told: 'paused', pauseMs: 10_000 } })
  expect(text).toContain('leave it alone for 10 seconds')
})

test('a fault is told in full however often it comes', () => {
  const repeat = { times: 9, told: 'short', pauseMs: 0 } as const
  expect(words({ fault: 'SP_X' }, { ...NO_GUIDANCE, repeat })).toContain('not a judgement')
})
