import { memoryEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { riskOf, type Verdict } from '@sallyport/policy'
import { describe, expect, it } from 'vitest'
import { decisionPoint } from './decision-point.ts'
import {
  addGateway,
  addUpstream,
  ask,
  type Instance,
  logWithTokens,
  startInstance,
} from './testing/instance.ts'
import { question } from './testing/question.ts'

async function started() {
  const instance = await startInstance(await logWithTokens())
  const { id } = await addGateway(instance)
  await addUpstream(instance)
  const decide = async (action: string, other: object = {}) =>
    instance.service.point.decide(question({ gatewayId: id, action, risk: riskOf(action), ...other }))
  return { instance, id, decide }
}

const set = (instance: Instance, action: string, decision: string, gateway = 'code-agent') =>
  ask(instance, 'PUT', '/v1/permissions', { gateway, connector: 'mcp', action, decision })

function expectWhole(decision: Verdict): void {
  expect(decision.rule).not.toBe('')
  expect(decision.reasons.length).toBeGreaterThan(0)
  for (const reason of decision.reasons) expect(reason).not.toBe('')
  expect(decision.policyVersion).toMatch(/^p-[0-9a-f]{16}$/)
  expect(decision.fault).toBeNull()
}

describe('a verdict', () => {
  it('follows the permissions, names its rule, its reasons and the policy version', async () => {
    const { instance, decide } = await started()
    await set(instance, 'mcp.tools.read_*', 'allow')
    await set(instance, 'mcp.tools.create_*', 'require_approval')
    await set(instance, 'mcp.tools.delete_*', 'deny')

    const verdicts = {
      read: await decide('mcp.tools.read_file'),
      create: await decide('mcp.tools.create_issue'),
      delete: await decide('mcp.tools.delete_branch'),
      nothing: await decide('mcp.tools.other'),
      builtin: await decide('mcp.rpc.initialize'),
      unknownGateway: await decide('mcp.tools.read_file', { gateway: 'nobody' }),
      unknownUpstream: await decide('mcp.tools.read_file', { upstream: 'nowhere' }),
    }
    for (const verdict of Object.values(verdicts)) expectWhole(verdict)
    expect(verdicts.read).toMatchObject({
      outcome: 'allow',
      rule: 'permission mcp.tools.read_*',
      risk: 'low',
    })
    expect(verdicts.create).toMatchObject({
      outcome: 'hold',
      rule: 'permission mcp.tools.create_*',
      risk: 'medium',
    })
    expect(verdicts.delete).toMatchObject({
      outcome: 'deny',
      rule: 'permission mcp.tools.delete_*',
      risk: 'high',
    })
    expect(verdicts.nothing).toMatchObject({ outcome: 'deny', rule: 'no permission' })
    expect(verdicts.builtin).toMatchObject({ outcome: 'allow', rule: 'builtin mcp.rpc.initialize' })
    expect(verdicts.unknownGateway).toMatchObject({ outcome: 'deny', rule: 'unknown gateway' })
    expect(verdicts.unknownUpstream).toMatchObject({ outcome: 'deny', rule: 'unknown upstream' })
  })

  it('is a deny for a gateway that was revoked, and for its id after the name is given anew', async () => {
    const { instance, decide } = await started()
    await set(instance, 'mcp.tools.*', 'allow')
    expect(await decide('mcp.tools.x')).toMatchObject({ outcome: 'allow' })
    expect((await ask(instance, 'DELETE', '/v1/gateways/code-agent')).status).toBe(204)
    expect(await decide('mcp.tools.x')).toMatchObject({ outcome: 'deny', rule: 'unknown gateway' })

    const again = await addGateway(instance)
    expect(await decide('mcp.tools.x')).toMatchObject({ outcome: 'deny', rule: 'unknown gateway' })
    const renewed = { gatewayId: again.id }
    expect(await decide('mcp.tools.x', renewed)).toMatchObject({ outcome: 'deny', rule: 'no permission' })
    await set(instance, 'mcp.tools.*', 'allow')
    expect(await decide('mcp.tools.x', renewed)).toMatchObject({ outcome: 'allow' })
    expect(await decide('mcp.tools.x')).toMatchObject({ outcome: 'deny', rule: 'unknown gateway' })
  })

  it('is a deny where the caller takes the upstream for another kind than is registered', async () => {
    const { instance, decide } = await started()
    await set(instance, 'mcp.tools.*', 'allow')
    expect(await decide('mcp.tools.x', { connector: 'http' })).toMatchObject({
      outcome: 'deny',
      rule: 'unknown upstream',
    })
  })

  it.each(['global', 'gateway:code-agent', 'connector:mcp', 'upstream:files'])(
    'is a deny, built-in permissions included, while the kill switch is on for %s',
    async (scope) => {
      const { instance, decide } = await started()
      await set(instance, 'mcp.tools.*', 'allow')
      await ask(instance, 'PUT', '/v1/kill-switch', { scope, on: true, reason: 'drill' })
      for (const action of ['mcp.tools.x', 'mcp.rpc.initialize']) {
        const stopped = await decide(action)
        expectWhole(stopped)
        expect(stopped).toMatchObject({ outcome: 'deny', rule: `kill_switch:${scope}` })
      }
      await ask(instance, 'PUT', '/v1/kill-switch', { scope, on: false, reason: null })
      expect(await decide('mcp.tools.x')).toMatchObject({ outcome: 'allow' })
    },
  )

  it('changes its policy version with the rules of its gateway and not with those of another', async () => {
    const { instance, decide } = await started()
    const before = (await decide('mcp.tools.x')).policyVersion
    await set(instance, 'mcp.tools.x', 'allow', 'somebody-else')
    expect((await decide('mcp.tools.x')).policyVersion).toBe(before)
    await set(instance, 'mcp.tools.x', 'allow')
    expect((await decide('mcp.tools.x')).policyVersion).not.toBe(before)
  })

  it('is a fault and no judgement once the control topic cannot be read on', async () => {
    const log = await logWithTokens()
    const instance = await startInstance(log)
    const faulted = new Promise<void>((resolve) => {
      const ended = instance.control.settled({ partition: 0, offset: 10_000 })
      ended.catch(() => resolve())
    })
    await log.append(TOPICS.control, [{ key: 'default', headers: {}, value: Buffer.from('not an event') }])
    await faulted
    const decision = await instance.service.point.decide(question({ action: 'mcp.rpc.initialize' }))
    expect(decision).toMatchObject({ outcome: 'deny', rule: 'fault', fault: 'SP_DECISION_CONTROL_FAULT' })
    expect(decision.reasons.join()).toMatch(/a fault, not a judgement/)
    expect(await instance.service.health.decision()).toMatchObject({ status: 'down' })
  })

  it('is a fault and no judgement where a permission in force cannot be read', async () => {
    const instance = await startInstance(memoryEventLog())
    const unreadable = {
      id: 'p',
      gateway: '*',
      gatewayId: null,
      upstream: null,
      connector: '*',
      action: '',
      decision: 'allow',
      updatedAt: '',
    }
    const state = {
      ...instance.control.state(),
      permissions: new Map([['p', unreadable as { decision: 'allow' } & typeof unreadable]]),
    }
    const view = { ...instance.control, state: () => state }
    const point = decisionPoint(view)
    const request = question({})
    expect(point.decide(request)).toMatchObject({ outcome: 'deny', fault: 'SP_DECISION_CONTROL_FAULT' })
    expect(point.fault()).toContain('the action pattern is empty')
  })
})

describe('two instances on one log', () => {
  it('see a change of the other and give equal verdicts of equal version', async () => {
    const log = await logWithTokens()
    const [one, two] = [await startInstance(log), await startInstance(log)]
    const { id } = await addGateway(one)
    await addUpstream(one)
    const seen = new Promise<void>((resolve) => {
      const stop = two.control.onChange(({ permissions }) => {
        if (permissions.size === 0) return
        stop()
        resolve()
      })
    })
    await set(one, 'mcp.tools.read_*', 'allow')
    await seen
    const request = question({ gatewayId: id })
    const verdict = await two.service.point.decide(request)
    expect(verdict).toMatchObject({ outcome: 'allow', rule: 'permission mcp.tools.read_*' })
    expect(verdict).toEqual(await one.service.point.decide(request))
  })
})
