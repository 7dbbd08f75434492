import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CONNECTORS, lessSpecificOf } from './connectors/index.ts'
import type { Permission } from './permission.ts'
import { compilePolicy } from './policy.ts'
import type { Decision } from './words.ts'

const PAGE = readFileSync(new URL('../../../docs/permissions.md', import.meta.url), 'utf8')
const GATEWAY = { gateway: 'code-agent', gatewayId: 'id-of-code-agent' }
const ANY = { gateway: '*', gatewayId: null }
/** The upstreams of the examples: a call of a kind goes to the first of it. */
const UPSTREAMS = { mcp: 'files', http: 'api' } as const

/** Rows of four cells, of which the third is an outcome: permissions, call, outcome, by. */
const rows = PAGE.split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 6 && /^(?:allow|deny|hold)$/.test(cells[3] ?? ''))
  .map(([, permissions = '', call = '', outcome = '']) => ({ permissions, call, outcome }))

describe('the examples of docs/permissions.md', () => {
  test('are there', () => {
    expect(rows.length).toBeGreaterThanOrEqual(12)
  })

  test.each(rows)('$permissions: $call is $outcome', ({ permissions, call, outcome }) => {
    const [, action = '', on] = /^`([^`]+)`(?: on ([a-z]+))?$/.exec(call) ?? []
    const connector = action.slice(0, action.indexOf('.')) as keyof typeof UPSTREAMS
    expect(CONNECTORS.has(connector)).toBe(true)
    const upstream = on ?? UPSTREAMS[connector]
    const policy = compilePolicy(permissions.split('; ').map(permissionOf))
    const given = policy.evaluate({
      ...GATEWAY,
      connector,
      upstream,
      upstreamId: `id-of-${upstream}`,
      action,
      lessSpecific: lessSpecificOf(action),
    })
    expect(given.outcome).toBe(outcome)
  })
})

/** `gateway *, upstream files: \`mcp.tools.*\` deny`. */
function permissionOf(text: string, place: number): Permission {
  const [, reach = '', action = '', decision = ''] = /^(.+): `([^`]+)` (\w+)$/.exec(text) ?? []
  expect(decision, text).toMatch(/^(?:allow|deny|require_approval)$/)
  const upstream = /upstream ([a-z]+)/.exec(reach)?.[1]
  return {
    ...(reach.includes('gateway `*`') ? ANY : GATEWAY),
    id: `p${place}`,
    upstream: upstream === undefined ? null : { id: `id-of-${upstream}`, name: upstream },
    connector: /connector ([a-z]+)/.exec(reach)?.[1] ?? '*',
    action,
    decision: decision as Decision,
    origin: 'explicit',
  }
}
