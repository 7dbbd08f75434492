import { describe, expect, test } from 'vitest'
import { actionOf, type NamedMessage } from './action.ts'
import builtin from './cases/builtin.json' with { type: 'json' }
import killSwitch from './cases/kill-switch.json' with { type: 'json' }
import listTool from './cases/list-tool.json' with { type: 'json' }
import precedence from './cases/precedence.json' with { type: 'json' }
import ties from './cases/ties.json' with { type: 'json' }
import wildcards from './cases/wildcards.json' with { type: 'json' }
import { killSwitchScope } from './kill-switch.ts'
import type { Permission } from './permission.ts'
import { compilePolicy, type Outcome } from './policy.ts'
import type { Risk } from './risk.ts'
import { verdict } from './verdict.ts'

/** One row of `cases/*.json`. The action is given, or named from a message; `expect.action` is what it must be. */
interface Case {
  readonly claim: string
  readonly permissions: readonly Omit<Permission, 'id' | 'origin'>[]
  readonly killSwitch?: readonly string[]
  readonly request: {
    readonly gateway: string
    readonly connectorKind: string
    readonly upstream: string
    readonly action?: string
    readonly message?: NamedMessage
  }
  readonly expect: {
    readonly outcome: Outcome
    readonly rule: string
    readonly action?: string
    readonly risk?: Risk
  }
}

const tables = { precedence, ties, wildcards, builtin, 'list tool': listTool, 'kill switch': killSwitch }

describe.each(Object.entries(tables))('%s', (_name, rows) => {
  test.each(rows as readonly Case[])(
    '$claim',
    ({ permissions, killSwitch: scopes, request, expect: expected }) => {
      const action = request.action ?? actionOf(request.message ?? { kind: 'unknown' })
      const policy = compilePolicy(
        permissions.map((permission, place) => ({ ...permission, id: `p${place}`, origin: 'explicit' })),
      )
      const state = new Set((scopes ?? []).map(killSwitchScope))
      const given = verdict({ policy, killSwitch: state, request: { ...request, action } })

      expect({ action, ...given }).toMatchObject(expected)
      expect(given.reasons.length).toBeGreaterThan(0)
      expect(given.askFor !== undefined).toBe(given.outcome === 'deny')
    },
  )
})

test('the tables hold at least 40 cases', () => {
  expect(Object.values(tables).flat().length).toBeGreaterThanOrEqual(40)
})
