import { describe, expect, it } from 'vitest'
import {
  addGateway,
  addUpstream,
  ask,
  type Instance,
  logWithTokens,
  startInstance,
} from '../testing/instance.ts'
import { question } from '../testing/question.ts'

const FILES = { gateway: 'code-agent', upstream: 'files' }

async function instanceWith(
  ...permissions: readonly (readonly [action: string, decision: string, about?: object])[]
) {
  const instance = await startInstance(await logWithTokens())
  const { id } = await addGateway(instance)
  await addUpstream(instance)
  for (const [action, decision, about = { connector: 'mcp' }] of permissions) {
    const body = { gateway: 'code-agent', ...about, action, decision }
    expect((await ask(instance, 'PUT', '/v1/permissions', body)).status).toBe(200)
  }
  return { instance, id }
}

const tested = (instance: Instance, action: string, more: object = {}) =>
  ask(instance, 'POST', '/v1/permissions/test', { ...FILES, action, ...more })

describe('a test of the permissions', () => {
  it('says which rule decides and why, and the runners-up in their order', async () => {
    const { instance } = await instanceWith(
      ['mcp.*', 'allow'],
      ['mcp.tools.*', 'require_approval', { gateway: '*', upstream: 'files' }],
      ['mcp.tools.delete_*', 'deny'],
      ['mcp.tools.read_*', 'allow'],
    )
    const { status, body } = await tested(instance, 'mcp.tools.delete_branch')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      outcome: 'deny',
      by: 'permissions',
      rule: 'permission mcp.tools.delete_*',
      risk: 'high',
      connector: 'mcp',
      lessSpecific: [],
    })
    expect(body.reasons?.[0]).toContain('permission mcp.tools.delete_*')
    expect(body.permissions).toMatchObject([
      { action: 'mcp.tools.delete_*', decision: 'deny', outcome: 'deny', upstream: null },
      { action: 'mcp.*', decision: 'allow', outcome: 'allow' },
      { action: 'mcp.tools.*', gateway: '*', upstream: 'files', outcome: 'hold' },
    ])
  })

  it.each([
    ['nonsense', 'did you mean "mcp.tools.nonsense"?'],
    ['mcp.tool.read_file', 'did you mean "mcp.tools.read_file"?'],
    ['http.get', '"http.get" is an action of connector http'],
    ['mcp.tools', 'no action of connector mcp has this name; they begin with mcp.'],
    ['mcp.tools.read_[ab]', 'no action of connector mcp has this name; they begin with mcp.'],
  ])('refuses %s as a name that no action has, and speaks of no pattern', async (action, detail) => {
    const { instance } = await instanceWith()
    const { status, body } = await tested(instance, action)
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'SP_PERMISSION_ACTION_FOREIGN' })
    expect(body.detail).toContain(detail)
    expect(body.detail).not.toMatch(/pattern|wildcard/)
  })

  it('is for an action whose name is longer than a pattern may be', async () => {
    const { instance } = await instanceWith(['mcp.tools.*', 'allow'])
    const { status, body } = await tested(instance, `mcp.tools.${'x'.repeat(300)}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ outcome: 'allow' })
  })

  it.each([
    'mcp.tools.read_file',
    'mcp.tools.rm',
    'mcp.tools.list',
    'mcp.resources.file%3A%2F%2F%2Fsrv%2Fa',
    'mcp.rpc.ping',
  ])('says of %s what the decision service answers to it', async (action) => {
    const { instance, id } = await instanceWith(
      ['mcp.tools.read_*', 'require_approval'],
      ['mcp.rpc.resources_read', 'allow'],
      ['mcp.rpc.ping', 'deny'],
    )
    const { body } = await tested(instance, action)
    const input = question({ gatewayId: id, action, lessSpecific: body.lessSpecific ?? [] })
    const { outcome, by, rule, reasons, policyVersion } = await instance.service.point.decide(input)
    expect(body).toMatchObject({ outcome, by, rule, reasons, policyVersion })
  })

  it('says that nothing covers the action', async () => {
    const { instance } = await instanceWith()
    const { body } = await tested(instance, 'mcp.tools.rm')
    expect(body).toMatchObject({ outcome: 'deny', rule: 'no permission', permissions: [] })
  })

  it('says what is built in', async () => {
    const { instance } = await instanceWith()
    const { body } = await tested(instance, 'mcp.tools.list')
    expect(body).toMatchObject({ outcome: 'allow', permissions: [{ origin: 'builtin' }] })
  })

  it('says that a kill switch decides, and which permission would', async () => {
    const { instance } = await instanceWith(['mcp.tools.*', 'allow'])
    await ask(instance, 'PUT', '/v1/kill-switch', { scope: 'upstream:files', on: true })
    const { body } = await tested(instance, 'mcp.tools.read_file')
    expect(body).toMatchObject({
      outcome: 'deny',
      by: 'kill_switch',
      rule: 'kill_switch:upstream:files',
      permissions: [{ action: 'mcp.tools.*', outcome: 'allow' }],
    })
  })

  it('notes that no list was seen yet, and takes arguments as JSON alone', async () => {
    const { instance } = await instanceWith(['mcp.tools.*', 'allow'])
    const { body } = await tested(instance, 'mcp.tools.read_file', { arguments: '{"n":1234567890123456789}' })
    expect(body).toMatchObject({ outcome: 'allow', notes: [expect.stringContaining('no list of the tools')] })
    expect((await tested(instance, 'mcp.tools.read_file', { arguments: '{"a":1,"a":2}' })).status).toBe(400)
  })

  it.each([
    ['a gateway', { gateway: 'nobody' }, 404, 'code-agent'],
    ['an upstream', { upstream: 'nothing' }, 404, 'files'],
    ['an action', { action: 'mcp.tool.read_file' }, 400, 'mcp.tools.read_file'],
    ['an action, but a pattern', { action: 'mcp.tools.*' }, 400, 'a pattern'],
  ])('of what is not %s says so', async (_what, change, status, named) => {
    const { instance } = await instanceWith()
    const answer = await tested(instance, 'mcp.tools.read_file', change)
    expect(answer.status).toBe(status)
    expect(answer.body.detail).toContain(named)
  })

  it('changes nothing, and is for everybody with a token', async () => {
    const { instance } = await instanceWith()
    const before = instance.control.offset()
    const body = { ...FILES, action: 'mcp.tools.read_file' }
    for (const scope of ['approver', 'analyst', 'bot'] as const)
      expect((await ask(instance, 'POST', '/v1/permissions/test', body, { scope })).status).toBe(200)
    expect(instance.control.offset()).toBe(before)
  })
})
