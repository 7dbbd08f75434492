import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BoundedCache } from './bounded-cache.ts'
import { killSwitchScope } from './kill-switch.ts'
import { PatternInvalid } from './pattern.ts'
import type { Permission } from './permission.ts'
import { type ActionRequest, compilePolicy } from './policy.ts'
import { judgeByPermissions } from './verdict.ts'
import type { Decision } from './words.ts'

const idOf = (name: string) => `id-of-${name}`
const decision = fc.constantFrom<Decision>('allow', 'deny', 'require_approval')
const gateway = fc.constantFrom('a', 'b')
const upstream = fc.constantFrom('files', 'github')
const action = fc.constantFrom(
  'mcp.tools.list',
  'mcp.tools.read_file',
  'mcp.tools.delete_file',
  'mcp.rpc.ping',
)
const request: fc.Arbitrary<ActionRequest> = fc
  .record({ gateway, connector: fc.constant('mcp'), upstream, action })
  .map((asked) => ({ ...asked, gatewayId: idOf(asked.gateway), upstreamId: idOf(asked.upstream) }))
const bound = (name: string) => ({ id: idOf(name), name })
const holder = (name: string) => ({ gateway: name, gatewayId: name === '*' ? null : idOf(name) })
const pattern = fc.oneof(
  action,
  fc.constantFrom('*', 'mcp.*', 'mcp.tools.*', 'mcp.tools.*_file', 'mcp.tools.read_*', '*file', '*_*'),
)
const permissions = fc
  .array(
    fc.record({
      gateway: fc.oneof(gateway, fc.constant('*')),
      upstream: fc.option(upstream.map(bound), { nil: null }),
      connector: fc.constantFrom('mcp', '*'),
      action: pattern,
      decision,
    }),
    { maxLength: 12 },
  )
  .map((list) =>
    list.map((one, place): Permission => {
      return { ...one, ...holder(one.gateway), id: `p${place}`, origin: 'explicit' }
    }),
  )

const STRICT = { allow: 0, hold: 1, deny: 2 }

/** The order of precedence written out as one comparison of one list, for the index to agree with. */
function reference(list: readonly Permission[], asked: ActionRequest): 'allow' | 'hold' | 'deny' {
  const rank = (one: Permission) => [
    one.gateway === '*' ? 0 : 1,
    one.upstream !== null ? 2 : one.connector === asked.connector ? 1 : 0,
    one.action.includes('*') ? 0 : 1,
    one.action.replaceAll('*', '').length,
    { allow: 0, require_approval: 1, deny: 2 }[one.decision],
  ]
  const regexp = (source: string) => new RegExp(`^${source.replaceAll('.', '\\.').replaceAll('*', '.*')}$`)
  const applying = list
    .filter((one) => one.gateway === '*' || one.gateway === asked.gateway)
    .filter((one) => one.upstream === null || one.upstream.id === asked.upstreamId)
    .filter((one) => regexp(one.action).test(asked.action))
    .filter((one) => asked.action !== 'mcp.tools.list' || !/^mcp\.tools\..*\*/.test(one.action))
    .sort((a, b) => {
      const [x, y] = [rank(a), rank(b)]
      const differing = x.findIndex((value, place) => value !== y[place])
      return differing === -1 ? 0 : (y[differing] ?? 0) - (x[differing] ?? 0)
    })
  const [winner] = applying
  if (winner !== undefined) return winner.decision === 'require_approval' ? 'hold' : winner.decision
  return ['mcp.tools.list', 'mcp.rpc.ping'].includes(asked.action) ? 'allow' : 'deny'
}

describe('for any permissions', () => {
  test('the index decides as the order of precedence says', () => {
    fc.assert(
      fc.property(permissions, request, (list, asked) => {
        expect(compilePolicy(list).evaluate(asked).outcome).toBe(reference(list, asked))
      }),
      { numRuns: 3_000 },
    )
  })

  test('the ranking begins with what decides, and goes on with what would without it', () => {
    fc.assert(
      fc.property(permissions, request, (given, asked) => {
        // Of one gateway, reach and pattern there is one permission.
        const place = ({ gateway: name, upstream: files, connector, action: named }: Permission) =>
          [name, files?.id ?? connector, named].join(' ')
        const list = [...new Map(given.map((one) => [place(one), one])).values()]
        let left: readonly Permission[] = list
        const ranked = compilePolicy(list).forGateway(asked.gatewayId).rank(asked)
        for (const one of ranked) {
          expect(one).toEqual(compilePolicy(left).evaluate(asked))
          if (one.rule.startsWith('builtin')) return
          left = left.filter(({ id }) => id !== one.permissionId)
        }
        expect(compilePolicy(left).evaluate(asked).rule).toMatch(/^(?:builtin|no permission)/)
      }),
      { numRuns: 1_000 },
    )
  })

  test('their order changes neither the verdict nor the rule nor the version', () => {
    const shuffled = permissions.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
      ),
    )
    fc.assert(
      fc.property(shuffled, request, ([list, other], asked) => {
        const [one, two] = [compilePolicy(list), compilePolicy(other)]
        expect(two.evaluate(asked)).toEqual(one.evaluate(asked))
        expect(two.policyVersion(asked.gatewayId)).toBe(one.policyVersion(asked.gatewayId))
      }),
    )
  })

  test('the stricter wins a tie, whichever was written first', () => {
    fc.assert(
      fc.property(request, decision, decision, (asked, first, second) => {
        const tied = [first, second].map(
          (given, place): Permission => ({
            id: `p${place}`,
            ...holder(asked.gateway),
            upstream: bound(asked.upstream),
            connector: asked.connector,
            action: asked.action,
            decision: given,
            origin: 'explicit',
          }),
        )
        const outcomes = tied.map((one) => compilePolicy([one]).evaluate(asked).outcome)
        const stricter = outcomes.sort((a, b) => STRICT[b] - STRICT[a])[0]
        expect(compilePolicy(tied).evaluate(asked).outcome).toBe(stricter)
        expect(compilePolicy(tied.reverse()).evaluate(asked).outcome).toBe(stricter)
      }),
    )
  })

  test('a deny of the exact action on the exact upstream always denies', () => {
    fc.assert(
      fc.property(permissions, request, (list, asked) => {
        const { gateway: name, upstream: files, connector, action: named } = asked
        const deny: Permission = {
          id: 'd',
          ...holder(name),
          upstream: bound(files),
          connector,
          action: named,
          decision: 'deny',
          origin: 'explicit',
        }
        expect(compilePolicy([...list, deny]).evaluate(asked).outcome).toBe('deny')
      }),
    )
  })

  test('one more deny, however wide, never makes a verdict milder', () => {
    fc.assert(
      fc.property(permissions, permissions, request, (list, more, asked) => {
        const denies = more.map((one): Permission => ({ ...one, id: `d${one.id}`, decision: 'deny' }))
        const before = compilePolicy(list).evaluate(asked).outcome
        const after = compilePolicy([...list, ...denies]).evaluate(asked).outcome
        expect(STRICT[after]).toBeGreaterThanOrEqual(STRICT[before])
      }),
    )
  })

  test('asking again gives the same answer', () => {
    fc.assert(
      fc.property(permissions, fc.array(request, { maxLength: 20 }), (list, asked) => {
        const policy = compilePolicy(list)
        for (const one of [...asked, ...asked])
          expect(policy.evaluate(one)).toEqual(compilePolicy(list).evaluate(one))
      }),
    )
  })
})

describe('a permission for one gateway', () => {
  const ofAgent = (gatewayId: string | null): Permission => ({
    id: 'p',
    gateway: 'a',
    gatewayId,
    upstream: null,
    connector: 'mcp',
    action: 'mcp.tools.x',
    decision: 'allow',
    origin: 'explicit',
  })
  const asked = {
    gateway: 'a',
    gatewayId: 'g-2',
    connector: 'mcp',
    upstream: 'files',
    upstreamId: 'u-1',
    action: 'mcp.tools.x',
  }

  test('hangs on its id: another gateway that gets its name inherits nothing', () => {
    expect(compilePolicy([ofAgent('g-1')]).evaluate(asked).outcome).toBe('deny')
    expect(compilePolicy([ofAgent('g-2')]).evaluate(asked).outcome).toBe('allow')
  })

  test('applies to nothing while it waits for its gateway', () => {
    const policy = compilePolicy([ofAgent(null)])
    expect(policy.evaluate(asked).outcome).toBe('deny')
    expect(policy.policyVersion('g-2')).toBe(compilePolicy([]).policyVersion('g-2'))
  })
})

describe('a permission for one upstream', () => {
  const files = (id: string | null): Permission => ({
    id: 'p',
    ...holder('*'),
    upstream: { id, name: 'files' },
    connector: 'mcp',
    action: '*',
    decision: 'allow',
    origin: 'explicit',
  })
  const asked = {
    gateway: 'a',
    gatewayId: idOf('a'),
    connector: 'mcp',
    upstream: 'files',
    upstreamId: 'u-2',
    action: 'mcp.tools.x',
  }

  test('hangs on its id: another upstream that gets its name inherits nothing', () => {
    expect(compilePolicy([files('u-1')]).evaluate(asked).outcome).toBe('deny')
    expect(compilePolicy([files('u-2')]).evaluate(asked).outcome).toBe('allow')
  })

  test('applies to nothing while it waits for its upstream', () => {
    const policy = compilePolicy([files(null)])
    expect(policy.evaluate(asked).outcome).toBe('deny')
    expect(policy.policyVersion(idOf('a'))).toBe(compilePolicy([]).policyVersion(idOf('a')))
  })

  test('names the upstream in its reasons', () => {
    expect(
      compilePolicy([files('u-2')])
        .evaluate(asked)
        .reasons.join(),
    ).toContain('upstream files')
  })

  test('has another policy version than the same for another upstream of the name', () => {
    expect(compilePolicy([files('u-1')]).policyVersion(idOf('a'))).not.toBe(
      compilePolicy([files('u-2')]).policyVersion(idOf('a')),
    )
  })
})

describe('the policy version', () => {
  const rule = (id: string, name: string, given: Decision = 'allow'): Permission => ({
    id,
    ...holder(name),
    upstream: null,
    connector: 'mcp',
    action: 'mcp.tools.read_*',
    decision: given,
    origin: 'explicit',
  })

  test('has a fixed shape', () => {
    expect(compilePolicy([]).policyVersion(idOf('a'))).toMatch(/^p-[0-9a-f]{16}$/)
  })

  test('does not change with a rule of another gateway', () => {
    const before = compilePolicy([rule('1', 'a')])
    const after = compilePolicy([rule('1', 'a'), rule('2', 'b')])
    expect(after.policyVersion(idOf('a'))).toBe(before.policyVersion(idOf('a')))
    expect(after.policyVersion(idOf('b'))).not.toBe(before.policyVersion(idOf('b')))
  })

  test('changes with a rule for every gateway', () => {
    const versions = new Set(
      [compilePolicy([]), compilePolicy([rule('1', '*')]), compilePolicy([rule('1', '*', 'deny')])].map(
        (policy) => policy.policyVersion(idOf('a')),
      ),
    )
    expect(versions.size).toBe(3)
  })

  test('is the same for a rule deleted and made again', () => {
    expect(compilePolicy([rule('2', 'a')]).policyVersion(idOf('a'))).toBe(
      compilePolicy([rule('1', 'a')]).policyVersion(idOf('a')),
    )
  })
})

test('a malformed pattern is refused when the policy is compiled', () => {
  const broken: Permission = {
    id: '1',
    ...holder('*'),
    upstream: null,
    connector: '*',
    action: 'no pattern',
    decision: 'deny',
    origin: 'explicit',
  }
  expect(() => compilePolicy([broken])).toThrow(PatternInvalid)
})

test.each(['mcp.tools.rm', "mcp.tools.x';reboot;'"])(
  'a denial of %s says whose word gives access, and no command that gives it',
  (action) => {
    const asked = {
      gateway: 'a',
      gatewayId: 'g',
      connector: 'mcp',
      upstream: 'files',
      upstreamId: 'u',
      action,
    }
    const policy = compilePolicy([])
    const refused = judgeByPermissions({ policy, killSwitch: new Set(), request: asked })
    expect(refused.askFor).toBe('an administrator of Sallyport can permit it to gateway a on upstream files')
    const stopped = judgeByPermissions({ policy, killSwitch: new Set(['global'] as const), request: asked })
    expect(stopped.askFor).toBe('an administrator of Sallyport can turn it off')
  },
)

test('the cache forgets the oldest and keeps its bound', () => {
  const cache = new BoundedCache<number>(10)
  for (let one = 0; one < 1_000; one++) {
    cache.set(`k${one}`, one)
    expect(cache.get('k0')).toBe(0)
    expect(cache.size).toBeLessThanOrEqual(20)
  }
  expect(cache.get('k500')).toBeUndefined()
})

test.each(['', 'Global', 'gateway:', 'upstream:a b', 'tenant:x', 'gateway:*', 'upstream'])(
  '%j is not a kill switch scope',
  (text) => {
    expect(() => killSwitchScope(text)).toThrow(
      expect.objectContaining({ code: 'SP_KILL_SWITCH_SCOPE_INVALID' }),
    )
  },
)
