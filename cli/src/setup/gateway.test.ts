import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Preset, presetPermissions } from '@sallyport/policy/presets'
import { expect, test } from 'vitest'
import type { ApiClient } from '../api-client.ts'
import type { PermissionRow } from '../permission-row.ts'
import { keptGatewayToken } from '../stdio/kept-tokens.ts'
import { gatewayText, planGateway, prepareGateway } from './gateway.ts'

/** The part of the API that is asked, in memory. */
function memoryApi() {
  const gateways: { name: string; revokedAt: string | null }[] = []
  let permissions: PermissionRow[] = []
  const api = {
    get: async (path: string) => ({ items: path === '/v1/gateways' ? gateways : permissions, next: null }),
    async write(method: string, path: string, body?: Partial<PermissionRow> & { name?: string }) {
      if (path === '/v1/gateways') {
        gateways.push({ name: body?.name ?? '', revokedAt: null })
        return { name: body?.name, token: 'made-up-token' }
      }
      if (method === 'DELETE') permissions = permissions.filter(({ id }) => !path.endsWith(`/${id}`))
      else {
        const { gateway = '', upstream = null, connector = '*', action = '', decision = '' } = body ?? {}
        const id = Buffer.from(JSON.stringify([gateway, upstream, connector, action])).toString('hex')
        permissions = [
          ...permissions.filter((one) => one.id !== id),
          { id, gateway, upstream, connector, action, decision, approval: null, origin: 'explicit' },
        ]
      }
      return {}
    },
  } as unknown as ApiClient
  return { api, gateways, all: () => permissions.filter(({ gateway }) => gateway === 'local') }
}

const said = ({ connector, action, decision }: Pick<PermissionRow, 'connector' | 'action' | 'decision'>) =>
  `${connector} ${action} ${decision}`
const saidBy = (preset: Preset) => presetPermissions(preset).map(said).sort()
const prepared = (api: ApiClient, preset: Preset | null = null, folder: string | null = null) =>
  prepareGateway(api, { name: 'local', preset, folder })

test('a gateway that is not there is made, observed, and its token kept for the wrapper', async () => {
  const { api, all } = memoryApi()
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-gateway-'))
  const made = await prepared(api, null, folder)
  expect(made).toEqual({ name: 'local', made: true, preset: 'observe', token: 'made-up-token' })
  expect(keptGatewayToken(folder, 'local')).toBe('made-up-token')
  expect(all().map(said)).toEqual(saidBy('observe'))
  expect(await prepared(api, null, folder)).toMatchObject({
    made: false,
    preset: null,
    token: 'made-up-token',
  })
})

test('a plan says what is then done, and does nothing', async () => {
  const { api, all, gateways } = memoryApi()
  const wish = (preset: Preset | null) => ({ name: 'local', preset, folder: null })
  const ask = presetPermissions('ask').length
  const first = await planGateway(api, wish('ask'))
  expect(first).toEqual({
    name: 'local',
    made: true,
    preset: 'ask',
    token: null,
    acts: { set: ask, removed: 0 },
  })
  expect({ gateways, all: all() }).toEqual({ gateways: [], all: [] })
  await prepared(api, 'ask')
  expect(all()).toHaveLength(ask)
  const second = await planGateway(api, wish('observe'))
  expect(second).toMatchObject({ made: false, preset: 'observe', acts: { set: 1, removed: ask - 1 } })
  expect(await planGateway(api, wish(null))).toMatchObject({ made: false, preset: null })
})

test('without a Sallyport that runs, the plan is for a new gateway, unless this machine keeps its token', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-gateway-'))
  const wish = { name: 'local', preset: null, folder }
  expect(await planGateway(null, wish)).toMatchObject({ made: true, preset: 'observe', token: null })
  await prepared(memoryApi().api, null, folder)
  expect(await planGateway(null, wish)).toMatchObject({ made: false, preset: null, token: 'made-up-token' })
})

test.each([
  ['observe', 'ask'],
  ['ask', 'locked'],
  ['locked', 'observe'],
] as const)('from %s to %s nothing of the first stays, and what a person set does', async (from, to) => {
  const { api, all } = memoryApi()
  await prepared(api, from)
  const own = { gateway: 'local', connector: 'mcp', action: 'mcp.tools.deploy', decision: 'deny' }
  await api.write('PUT', '/v1/permissions', own)
  await api.write('PUT', '/v1/permissions', { ...own, upstream: 'files', action: '*', decision: 'allow' })
  await prepared(api, to)
  const wide = all().filter(({ upstream }) => upstream === null)
  expect(wide.map(said).sort()).toEqual([...saidBy(to), said(own)].sort())
  expect(all().filter(({ upstream }) => upstream === 'files')).toHaveLength(1)
})

test('a gateway that has permissions keeps them, where no preset is named', async () => {
  const { api, gateways, all } = memoryApi()
  gateways.push({ name: 'local', revokedAt: null })
  await api.write('PUT', '/v1/permissions', {
    gateway: 'local',
    connector: 'mcp',
    action: 'mcp.tools.read_*',
    decision: 'allow',
  })
  expect(await prepared(api)).toEqual({ name: 'local', made: false, preset: null, token: null })
  expect(all()).toHaveLength(1)
})

test('a person is told what the agent may do, and how that is changed', () => {
  const text = gatewayText({ name: 'local', made: true, preset: 'ask' }, 'claude')
  expect(text).toContain('has the preset ask: reads and lists are allowed')
  expect(text).toContain('sallyport setup claude --preset observe|ask|locked')
  expect(text).toContain('sallyport permissions set --gateway local')
})
