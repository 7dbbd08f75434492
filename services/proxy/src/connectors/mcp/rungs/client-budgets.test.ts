import { readConfig } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import { holdSpec } from '../../../governing/hold/hold-config.ts'
import { streamBudget } from './client-budgets.ts'

const hold = (environment: Record<string, string> = {}) => readConfig({ hold: holdSpec }, environment).hold
const client = (name: string) => ({ name, version: '1' })

test.each([
  ['nobody knows', 'some-agent', false, 50_000],
  ['nobody knows, though it asks for progress', 'some-agent', true, 50_000],
  ['gives up after a minute', 'codex-mcp-client', true, 50_000],
  ['gives up after five', 'cursor-vscode', false, 280_000],
  ['waits on while it sees progress', 'claude-code', true, 900_000],
  ['sees no progress', 'claude-code', false, 280_000],
  ['is named like what every object has', 'toString', false, 50_000],
])('a client that %s is kept for the time that is safe', (_, name, takesProgress, ms) => {
  expect(streamBudget(client(name), takesProgress, hold())).toBe(ms)
})

test('a client that says nothing of itself is one that nobody knows', () => {
  expect(streamBudget(null, true, hold())).toBe(50_000)
})

test('whoever runs the agent can say how patient it is', () => {
  const configured = hold({ SALLYPORT_HOLD_CLIENT_BUDGETS: 'my agent=600000, Cursor=1000' })
  expect(streamBudget(client('my agent'), false, configured)).toBe(600_000)
  expect(streamBudget(client('Cursor'), true, configured)).toBe(1000)
})

test.each([
  ['SALLYPORT_HOLD_CLIENT_BUDGETS', 'my-agent'],
  ['SALLYPORT_HOLD_CLIENT_BUDGETS', 'my-agent=soon'],
  ['SALLYPORT_APPROVAL_URL', 'https://sallyport.example/approve'],
  ['SALLYPORT_APPROVAL_URL', 'javascript:alert({id})'],
])('%s is refused where it cannot be meant so: %s', (name, value) => {
  expect(() => hold({ [name]: value })).toThrow(name)
})
