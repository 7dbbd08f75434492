import type { Guardrail } from '@sallyport/control'
import { ANYONE } from '@sallyport/policy'
import { type DecisionPoint, withDeadline } from '@sallyport/rpc'
import { connectDecision, serveGrpc } from '@sallyport/rpc/grpc'
import { describe, expect, it, onTestFinished } from 'vitest'
import { decisionPoint, type JudgingOptions } from './decision-point.ts'
import { NO_PRODUCTION, THROWS } from './testing/guardrails.ts'
import { addGateway, addUpstream, ask, logWithTokens, startInstance } from './testing/instance.ts'
import { question } from './testing/question.ts'

const TOKEN = 'made-up internal bearer'

/** Long, as the machine may be busy and no claim here is about time. */
const DEADLINE_MS = 10_000

async function overGrpc(point: DecisionPoint): Promise<DecisionPoint> {
  const listen = { host: '127.0.0.1', port: 0 }
  const server = await serveGrpc({ listen, decision: point, internalToken: TOKEN })
  const client = connectDecision({
    addresses: [server.address],
    internalToken: TOKEN,
    deadlineMs: DEADLINE_MS,
  })
  onTestFinished(async () => {
    client.close()
    await server.stop()
  })
  await expect.poll(() => client.health()).toMatchObject({ status: 'ok' })
  return client
}

const transports: [string, (point: DecisionPoint) => DecisionPoint | Promise<DecisionPoint>][] = [
  ['in process', (point) => withDeadline(point, DEADLINE_MS)],
  ['over a gRPC stream', overGrpc],
]

describe.each(transports)('guardrails, asked %s', (_name, open) => {
  async function guarded(guardrails: readonly Guardrail[] | JudgingOptions['guardrails']) {
    const instance = await startInstance(await logWithTokens())
    const { id } = await addGateway(instance)
    await addUpstream(instance)
    for (const [action, decision] of [
      ['mcp.tools.write_*', 'allow'],
      ['mcp.tools.send_*', 'require_approval'],
    ])
      await ask(instance, 'PUT', '/v1/permissions', {
        gateway: 'code-agent',
        connector: 'mcp',
        action,
        decision,
      })
    const guardrailsOf = typeof guardrails === 'function' ? guardrails : () => guardrails ?? []
    const point = await open(decisionPoint(instance.control, { guardrails: guardrailsOf }))
    const decide = async (about: Parameters<typeof question>[0]) =>
      point.decide(question({ gatewayId: id, action: 'mcp.tools.write_file', ...about }))
    return { instance, point, decide, id }
  }

  it('that read the arguments ask for them, and then judge by what is in them', async () => {
    const { decide } = await guarded([NO_PRODUCTION])
    expect(await decide({ arguments: { text: null, why: 'unread' } })).toMatchObject({
      outcome: 'deny',
      by: 'guardrails',
      rule: 'guardrails: arguments',
      needs: 'arguments',
      readsArguments: true,
      fault: null,
    })
    expect(await decide({ arguments: { text: '{"path":"staging"}' } })).toMatchObject({
      outcome: 'allow',
      by: 'permissions',
      needs: null,
      readsArguments: true,
    })
    expect(await decide({ arguments: { text: '{"path":"production"}' } })).toMatchObject({
      outcome: 'deny',
      by: 'guardrails',
      rule: 'guardrail no-production',
      reasons: ['it is about production'],
      readsArguments: true,
    })
  })

  it('do not ask for the arguments of an action that none of them reads', async () => {
    const { decide } = await guarded([NO_PRODUCTION])
    const verdict = await decide({
      action: 'mcp.tools.send_mail',
      arguments: { text: null, why: 'unread' },
    })
    expect(verdict).toMatchObject({ outcome: 'hold', needs: null, readsArguments: false })
  })

  it('that read no arguments do not see those which were sent for another, or in vain', async () => {
    const seen: unknown[] = []
    const sees: Guardrail = {
      name: 'sees',
      readsArgumentsOf: [],
      judge: (input) => {
        seen.push(input.arguments)
        return undefined
      },
    }
    const { decide } = await guarded([sees, NO_PRODUCTION])
    await decide({ arguments: { text: '{}' } })
    await decide({ action: 'mcp.tools.send_mail', arguments: { text: '{}' } })
    expect(seen).toEqual([
      { text: null, why: 'unread' },
      { text: null, why: 'unread' },
    ])
  })

  it.each([
    ['too_large', 'they are larger than may be read'],
    ['not_json', 'they are not JSON'],
  ] as const)('that read arguments deny what is %s, and do not ask again', async (why, reason) => {
    const { decide } = await guarded([NO_PRODUCTION])
    expect(await decide({ arguments: { text: null, why } })).toMatchObject({
      outcome: 'deny',
      by: 'guardrails',
      rule: 'guardrails: arguments',
      reasons: [`a rule in force reads the arguments, and ${reason}`],
      needs: null,
      fault: null,
    })
    expect(await decide({ action: 'mcp.tools.send_mail', arguments: { text: null, why } })).toMatchObject({
      outcome: 'hold',
    })
  })

  it('that throw deny, as a fault of the rule by its name, and nothing of the arguments is told', async () => {
    const { decide } = await guarded([{ ...THROWS, readsArgumentsOf: NO_PRODUCTION.readsArgumentsOf }])
    const verdict = await decide({ arguments: { text: '{"path":"a secret"}' } })
    expect(verdict).toMatchObject({
      outcome: 'deny',
      by: 'fault',
      rule: 'fault',
      fault: 'SP_DECISION_RULE_FAILED',
      needs: null,
    })
    expect(verdict.reasons.join()).toContain('guardrail broken')
    expect(verdict.reasons.join()).toContain('a fault, not a judgement')
    expect(JSON.stringify(verdict)).not.toContain('secret')
  })

  it('that throw do not make a denial of the permissions into a fault', async () => {
    const { decide } = await guarded([THROWS])
    expect(await decide({ action: 'mcp.tools.other' })).toMatchObject({ outcome: 'deny', by: 'permissions' })
  })

  it('make a verdict only stricter, and the strictest of them wins', async () => {
    const objecting = (name: string, outcome: 'hold' | 'deny'): Guardrail => ({
      name,
      readsArgumentsOf: [],
      judge: () => ({ outcome, reason: `${name} objects` }),
    })
    const { decide } = await guarded([
      objecting('one', 'hold'),
      objecting('two', 'deny'),
      objecting('three', 'deny'),
    ])
    expect(await decide({})).toMatchObject({ outcome: 'deny', rule: 'guardrail two' })
    const holding = await guarded([objecting('one', 'hold')])
    expect(await holding.decide({})).toMatchObject({ outcome: 'hold', rule: 'guardrail one' })
    expect(await holding.decide({ action: 'mcp.tools.send_mail' })).toMatchObject({
      outcome: 'hold',
      by: 'permissions',
    })
  })

  it('are those that the control state of the moment puts in force', async () => {
    const NONE: readonly Guardrail[] = []
    const SOME = [NO_PRODUCTION]
    const { instance, decide } = await guarded(({ killSwitches }) =>
      killSwitches.has('gateway:other') ? SOME : NONE,
    )
    const about = { arguments: { text: '{"path":"production"}' } }
    expect(await decide(about)).toMatchObject({ outcome: 'allow', readsArguments: false })
    await addGateway(instance, 'other')
    const scope = 'gateway:other'
    await ask(instance, 'PUT', '/v1/kill-switch', { scope, on: true, reason: null })
    expect(await decide(about)).toMatchObject({ outcome: 'deny', rule: 'guardrail no-production' })
    await ask(instance, 'PUT', '/v1/kill-switch', { scope, on: false, reason: null })
    expect(await decide(about)).toMatchObject({ outcome: 'allow', readsArguments: false })
  })

  it('whose pattern cannot be read leave a fault, and no action is judged without them', async () => {
    const { decide } = await guarded([
      { ...NO_PRODUCTION, readsArgumentsOf: [{ gateway: '*', upstream: '*', action: '' }] },
    ])
    expect(await decide({})).toMatchObject({ outcome: 'deny', fault: 'SP_DECISION_CONTROL_FAULT' })
  })
})

describe.each(transports)('a person who approved, judged %s', (_name, open) => {
  it('counts no more once the token was revoked, and the action stays held', async () => {
    const instance = await startInstance(await logWithTokens())
    const { id } = await addGateway(instance)
    await addUpstream(instance)
    const rule = { gateway: 'code-agent', connector: 'mcp', action: '*', decision: 'require_approval' }
    await ask(instance, 'PUT', '/v1/permissions', rule)
    const point = await open(instance.service.point)
    const issued = await ask(instance, 'POST', '/v1/tokens', { name: 'mallory', scope: 'approver' })
    const approvedBy = issued.body.id
    const by = (tokenId: string | undefined) => ({
      approvers: [{ tokenId: tokenId ?? null, personId: null, botId: null, as: ANYONE }],
    })
    const decide = async (about: Parameters<typeof question>[0]) =>
      point.decide(question({ gatewayId: id, ...about }))

    expect(await decide(by(approvedBy))).toMatchObject({ outcome: 'hold', by: 'permissions' })
    expect((await ask(instance, 'DELETE', '/v1/tokens/mallory')).status).toBe(204)
    const lost = await decide(by(approvedBy))
    expect(lost).toMatchObject({ outcome: 'hold', by: 'approver', rule: 'permission *' })
    expect(lost.reasons[0]).toBe('the token that approved it was revoked')
    const again = await ask(instance, 'POST', '/v1/tokens', { name: 'mallory', scope: 'approver' })
    expect(await decide(by(approvedBy))).toMatchObject({ outcome: 'hold', by: 'approver' })
    expect(await decide(by(again.body.id))).toMatchObject({ by: 'permissions' })
    expect(await decide(by('mallory'))).toMatchObject({ by: 'approver' })
    expect(await decide({ approvers: [] })).toMatchObject({ by: 'permissions' })
  })
})
