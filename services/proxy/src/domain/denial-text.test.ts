import { expect, test } from 'vitest'
import { denialText } from './denial-text.ts'
import type { ActionVerdict } from './verdict.ts'

const action = { recordedAction: 'mcp.tools.drop', upstream: { name: 'notes' } } as Parameters<
  typeof denialText
>[0]
const denied = {
  rule: 'permission mcp.tools.drop',
  reasons: ['permission mcp.tools.drop (gateway a, connector mcp) denies this action'],
  fault: null,
  answeredBy: null,
  approvalId: null,
} as unknown as ActionVerdict

test('a rule is named once, by itself or by the reason that begins with it', () => {
  expect(denialText(action, denied)).toBe(
    'Sallyport denied mcp.tools.drop on notes: permission mcp.tools.drop (gateway a, connector mcp) denies this action.',
  )
  expect(
    denialText(action, { ...denied, rule: 'kill switch', reasons: ['dana stopped it', 'ask dana'] }),
  ).toBe('Sallyport denied mcp.tools.drop on notes: kill switch: dana stopped it; ask dana.')
})

test('a fault says that it is not a judgement', () => {
  const text = denialText(action, { ...denied, fault: 'SP_X', reasons: ['the log is away'] } as ActionVerdict)
  expect(text).toContain('could not let mcp.tools.drop through: the log is away (SP_X)')
  expect(text).toContain('not a judgement')
})

test("a person's answer comes with its approval", () => {
  const verdict = {
    ...denied,
    answeredBy: 'dana',
    approvalId: '0198',
    reasons: ['dana said no'],
  } as ActionVerdict
  expect(denialText(action, verdict)).toBe('Sallyport denied mcp.tools.drop: dana said no. Approval 0198.')
})
