import { describe, expect, it } from 'vitest'
import {
  addGateway,
  addUpstream,
  ask,
  type Instance,
  logWithTokens,
  observed,
  startInstance,
} from '../testing/instance.ts'

async function instanceWithNames(): Promise<Instance> {
  const instance = await startInstance(await logWithTokens())
  await addGateway(instance)
  await addUpstream(instance)
  const webhook = { name: 'tower', url: 'https://tower.example/hook', events: ['approval.*'] }
  expect((await ask(instance, 'POST', '/v1/webhooks', webhook)).status).toBe(201)
  expect((await ask(instance, 'POST', '/v1/tokens', { name: 'dana', scope: 'approver' })).status).toBe(201)
  await observed(instance, 'files', [
    { key: 'read_file', fingerprint: '1'.repeat(64), definition: '{"name":"read_file"}' },
  ])
  return instance
}

const GATEWAY = 'there is no gateway code-agnet; did you mean code-agent? What exists: code-agent'

describe('a name that is mistyped', () => {
  it.each<['GET' | 'POST' | 'PUT' | 'DELETE', string, object | undefined, string]>([
    ['POST', '/v1/gateways/code-agnet/rotate', undefined, GATEWAY],
    ['DELETE', '/v1/gateways/code-agnet', undefined, GATEWAY],
    ['PUT', '/v1/gateways/code-agnet/issuers', { issuers: [] }, GATEWAY],
    ['DELETE', '/v1/upstreams/flies', undefined, 'did you mean files?'],
    ['GET', '/v1/upstreams/flies', undefined, 'did you mean files?'],
    ['GET', '/v1/connectors/mpc', undefined, 'did you mean mcp?'],
    ['DELETE', '/v1/tokens/dna', undefined, 'did you mean dana?'],
    ['GET', '/v1/webhooks/twoer', undefined, 'did you mean tower?'],
    ['DELETE', '/v1/webhooks/twoer', undefined, 'did you mean tower?'],
    ['DELETE', '/v1/permissions/nothing', undefined, 'there is no permission nothing'],
    [
      'PUT',
      '/v1/catalog/modes',
      { upstream: 'files', kind: 'tool', key: 'reed_file', status: null, mode: 'hold' },
      'did you mean read_file?',
    ],
    [
      'PUT',
      '/v1/catalog/modes',
      { upstream: 'flies', kind: 'tool', key: 'read_file', status: null, mode: 'hold' },
      'did you mean files?',
    ],
    ['PUT', '/v1/kill-switch', { scope: 'gateway:code-agnet', on: true }, 'did you mean code-agent?'],
  ])('is not found, and the nearest is named: %s %s', async (method, path, body, detail) => {
    const answer = await ask(await instanceWithNames(), method, path, body)
    expect(answer.status).toBe(404)
    expect(answer.body.detail).toContain(detail)
  })

  it('names all that exist where none is near', async () => {
    const { body } = await ask(await instanceWithNames(), 'DELETE', '/v1/upstreams/warehouse')
    expect(body.detail).toBe('there is no upstream warehouse; what exists: files')
  })

  it('is not meant to be one that was revoked', async () => {
    const instance = await instanceWithNames()
    await ask(instance, 'DELETE', '/v1/gateways/code-agent')
    const { status, body } = await ask(instance, 'POST', '/v1/gateways/code-agent/rotate')
    expect(status).toBe(404)
    expect(body.detail).toBe('there is no gateway code-agent, nor any other')
  })

  it('a removal that is repeated with its idempotency key was done', async () => {
    const instance = await instanceWithNames()
    for (const _ of [1, 2])
      expect((await ask(instance, 'DELETE', '/v1/upstreams/files', undefined, { key: 'k' })).status).toBe(204)
  })
})

describe('a scope of the kill switch that is none', () => {
  it.each([
    ['gatway:code-agent', 'gateway:code-agent'],
    ['upstream/files', 'upstream:files'],
    ['code-agent', 'gateway:code-agent'],
    ['connector=mcp', 'connector:mcp'],
    ['Global', 'global'],
  ])('%s is refused, with %s as what was meant', async (scope, meant) => {
    const { status, body } = await ask(await instanceWithNames(), 'PUT', '/v1/kill-switch', {
      scope,
      on: true,
    })
    expect(status).toBe(400)
    expect(body.detail).toContain(`did you mean ${meant}?`)
  })
})

describe('a permission for a tool that no upstream in its reach offers is set, with a remark', () => {
  const set = async (instance: Instance, action: string, reach: object = { upstream: 'files' }) => {
    const body = { gateway: 'code-agent', ...reach, action, decision: 'deny' }
    const answer = await ask(instance, 'PUT', '/v1/permissions', body)
    expect(answer.status).toBe(200)
    return (answer.body as unknown as { notes?: readonly string[] }).notes ?? []
  }

  it.each([
    ['mcp.tools.reed_file', 'did you mean "mcp.tools.read_file"?'],
    ['mcp.tools.reed_*', 'did you mean "mcp.tools.read_*"?'],
    ['mcp.tools.drop_table', 'no tool that files offers matches mcp.tools.drop_table'],
    ['mcp.tools.*_table', 'no tool that files offers matches mcp.tools.*_table'],
  ])('%s: %s', async (action, remark) => {
    const instance = await instanceWithNames()
    for (const reach of [{ upstream: 'files' }, { connector: 'mcp' }, {}])
      expect(await set(instance, action, reach)).toEqual([expect.stringContaining(remark)])
    expect(instance.control.state().permissions.size).toBeGreaterThan(0)
  })

  it.each([
    'mcp.tools.read_file',
    'mcp.tools.read_*',
    'mcp.tools.*',
    'mcp.*',
    'mcp.tools.list',
    'mcp.resources.file%3A%2F%2F%2Fsrv%2F*',
    'mcp.rpc.ping',
    'mcp.prompts.summary',
  ])('nothing is remarked on %s', async (action) => {
    expect(await set(await instanceWithNames(), action)).toEqual([])
  })

  it('nothing is remarked where no list was seen, and beside one that was it is said', async () => {
    const instance = await instanceWithNames()
    await addUpstream(instance, 'other')
    expect(await set(instance, 'mcp.tools.reed_file', { upstream: 'other' })).toEqual([])
    const [remark] = await set(instance, 'mcp.tools.reed_file', { connector: 'mcp' })
    expect(remark).toContain('no tool that files offers')
    expect(remark).toContain('no list of other has been seen yet')
  })
})
