import { describe, expect, test } from 'vitest'
import { actionOf, type NamedMessage } from './action.ts'
import builtin from './cases/builtin.json' with { type: 'json' }
import killSwitch from './cases/kill-switch.json' with { type: 'json' }
import lessSpecific from './cases/less-specific.json' with { type: 'json' }
import listTool from './cases/list-tool.json' with { type: 'json' }
import precedence from './cases/precedence.json' with { type: 'json' }
import ties from './cases/ties.json' with { type: 'json' }
import wildcards from './cases/wildcards.json' with { type: 'json' }
import { lessSpecificOf } from './connectors/index.ts'
import { killSwitchScope } from './kill-switch.ts'
import type { Permission } from './permission.ts'
import { compilePolicy } from './policy.ts'
import { riskOf } from './risk.ts'
import { judgeByPermissions } from './verdict.ts'
import type { Outcome, Risk } from './words.ts'

/** `connector` is `*` and `upstream` every one where a row does not say. */
interface CasePermission extends Pick<Permission, 'gateway' | 'action' | 'decision'> {
  readonly connector?: string
  readonly upstream?: string
}

/** In the tables a gateway and an upstream are told by their names alone. */
const idOf = (name: string) => `id-of-${name}`

function permissionOf({ upstream, connector = '*', ...rest }: CasePermission, place: number): Permission {
  const bound = upstream === undefined ? null : { id: idOf(upstream), name: upstream }
  const gatewayId = rest.gateway === '*' ? null : idOf(rest.gateway)
  return { ...rest, gatewayId, connector, upstream: bound, id: `p${place}`, origin: 'explicit' }
}

/** One row of `cases/*.json`. The action is given, or named from a message; `expect.action` is what it must be. */
interface Case {
  readonly claim: string
  readonly permissions: readonly CasePermission[]
  readonly killSwitch?: readonly string[]
  readonly request: {
    readonly gateway: string
    readonly connector: string
    readonly upstream: string
    readonly action?: string
    readonly lessSpecific?: readonly string[]
    readonly message?: NamedMessage
  }
  readonly expect: {
    readonly outcome: Outcome
    readonly rule: string
    readonly action?: string
    readonly risk?: Risk
  }
}

const tables = {
  precedence,
  ties,
  wildcards,
  'less specific': lessSpecific,
  builtin,
  'list tool': listTool,
  'kill switch': killSwitch,
}

describe.each(Object.entries(tables))('%s', (_name, rows) => {
  test.each(rows as readonly Case[])(
    '$claim',
    ({ permissions, killSwitch: scopes, request, expect: expected }) => {
      const action = request.action ?? actionOf(request.message ?? { kind: 'unknown' })
      const policy = compilePolicy(permissions.map(permissionOf))
      const lessSpecific = request.lessSpecific ?? lessSpecificOf(action)
      const state = new Set((scopes ?? []).map((scope) => killSwitchScope(scope)))
      const given = judgeByPermissions({
        policy,
        killSwitch: state,
        request: {
          ...request,
          lessSpecific,
          gatewayId: idOf(request.gateway),
          upstreamId: idOf(request.upstream),
          action,
        },
      })

      expect({ action, risk: riskOf(action), ...given }).toMatchObject(expected)
      expect(given.reasons.length).toBeGreaterThan(0)
      expect(given.askFor !== undefined).toBe(given.outcome === 'deny')
    },
  )
})

test('the tables hold at least 40 cases', () => {
  expect(Object.values(tables).flat().length).toBeGreaterThanOrEqual(40)
})
