import { setTimeout as delay } from 'node:timers/promises'
import { percentEncode } from '@sallyport/policy'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, apiOf } from '../e2e/support/api.ts'
import { type Standalone, startStandalone } from '../e2e/support/standalone-composition.ts'
import { CLIMBS, PRIVATE, PUBLIC, SPELLINGS } from './address-tricks.ts'
import { type AddressVictim, READERS, startAddressVictim, startListeningVictim } from './address-victims.ts'
import { type Aim, post } from './requests.ts'
import { sendRaw } from './send-raw.ts'

const USES = ['resources/read', 'resources/subscribe', 'completion/complete'] as const
const PREFIXES = {
  'resources/read': '',
  'resources/subscribe': 'subscribe.',
  'completion/complete': 'complete.',
}

let standalone: Standalone
let api: Api

beforeAll(async () => {
  standalone = await startStandalone()
  api = apiOf(standalone)
})
afterAll(() => standalone.stop())

describe.each(Object.entries(READERS))('in front of a server that reads %s', (_, reader) => {
  let victim: AddressVictim
  let upstream: string
  const aims = new Map<string, Aim>()

  /** As a gateway with these permissions, by pattern over addresses. */
  async function aimOf(name: string, rows: readonly (readonly [string, 'allow' | 'deny'])[]): Promise<void> {
    const { name: gateway, token } = await api.addGateway()
    for (const [address, decision] of rows)
      for (const prefix of Object.values(PREFIXES)) {
        const pattern = percentEncode(address).replaceAll('%2A', '*')
        await api.permit(gateway, `mcp.resources.${prefix}${pattern}`, decision)
      }
    const { host: authority } = new URL(standalone.proxies[0] as string)
    aims.set(name, { authority, path: `/mcp/${upstream}`, token })
  }

  beforeAll(async () => {
    victim = await startAddressVictim(reader)
    upstream = await api.addUpstream(victim.url)
    await aimOf('within', [[`${PUBLIC}*`, 'allow']])
    await aimOf('without', [
      ['*', 'allow'],
      ['file:///srv/private/*', 'deny'],
    ])
    await aimOf('without one', [
      ['*', 'allow'],
      [PRIVATE, 'deny'],
    ])
    await standalone.inForce()
  })
  afterAll(() => victim.stop())

  const send = (aim: Aim | undefined, method: string, uri: string): Promise<string> => {
    if (aim === undefined) throw new Error('there is no such gateway')
    const params =
      method === 'completion/complete'
        ? { ref: { type: 'ref/resource', uri }, argument: { name: 'a', value: '' } }
        : { uri }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    return sendRaw(`http://${aim.authority}`, post(aim, body), 10_000)
  }

  test('without a proxy some of them reach the private file: else nothing here could fail', async () => {
    const { host: authority, pathname: path } = new URL(victim.url)
    for (const uri of SPELLINGS) await send({ authority, path, token: 'none' }, 'resources/read', uri)
    expect(victim.reached()).toBeGreaterThan(5)
  })

  test('what may be used is used', async () => {
    for (const method of USES)
      for (const aim of aims.values()) {
        const answer = await send(aim, method, `${PUBLIC}a.txt`)
        expect(answer).toContain('"result"')
      }
  })

  describe.each(USES)('%s', (method) => {
    test.each(CLIMBS)('does not leave the allowed folder by %j', async (uri) => {
      const before = victim.reached()
      expect(await send(aims.get('within'), method, uri)).toContain('"error"')
      expect(victim.reached()).toBe(before)
    })

    test.each(SPELLINGS)('does not reach what is denied by %j', async (uri) => {
      const before = victim.reached()
      await send(aims.get('without'), method, uri)
      await send(aims.get('without one'), method, uri)
      expect(victim.reached()).toBe(before)
    })
  })

  describe('once the catalog blocks the file', () => {
    beforeAll(async () => {
      await aimOf('blocked', [['*', 'allow']])
      await standalone.inForce()
      await send(aims.get('blocked'), 'resources/list', '')
      await listed(api, upstream, PRIVATE)
      await api.client.write('PUT', '/v1/catalog/modes', {
        upstream,
        kind: 'resource',
        key: PRIVATE,
        mode: 'block',
      })
      await standalone.inForce()
    })

    test.each(USES)('%s reaches it in no spelling', async (method) => {
      for (const uri of SPELLINGS) {
        const before = victim.reached()
        await send(aims.get('blocked'), method, uri)
        expect(victim.reached(), uri).toBe(before)
      }
      expect(await send(aims.get('blocked'), method, `${PUBLIC}a.txt`)).toContain('"result"')
    })
  })
})

describe('subscriptions/listen', () => {
  const [read = String] = Object.values(READERS)
  let victim: Awaited<ReturnType<typeof startListeningVictim>>
  let upstream: string

  beforeAll(async () => {
    victim = await startListeningVictim(read)
    upstream = await api.addUpstream(victim.url)
  })
  afterAll(() => victim.stop())

  async function gatewayWith(...rows: readonly (readonly [string, 'allow' | 'deny'])[]): Promise<Aim> {
    const { name, token } = await api.addGateway()
    for (const [address, decision] of rows)
      await api.permit(
        name,
        `mcp.resources.subscribe.${percentEncode(address).replaceAll('%2A', '*')}`,
        decision,
      )
    await standalone.inForce()
    return { authority: new URL(standalone.proxies[0] as string).host, path: `/mcp/${upstream}`, token }
  }

  function ask(aim: Aim, method: string, params: object): Promise<string> {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } })
    const lines = ['MCP-Protocol-Version: 2026-07-28', `Mcp-Method: ${method}`]
    return sendRaw(`http://${aim.authority}`, post(aim, body, lines), 10_000)
  }

  /** How many of them the server was told of. */
  async function heard(aim: Aim, uris: readonly string[]): Promise<number> {
    const before = victim.listened()
    await ask(aim, 'subscriptions/listen', { notifications: { resourceSubscriptions: uris } })
    return victim.listened() - before
  }

  test('names what may be heard, and nothing that leads out of it', async () => {
    const aim = await gatewayWith([`${PUBLIC}*`, 'allow'])
    expect(await heard(aim, [`${PUBLIC}a.txt`, ...CLIMBS])).toBe(1)
    expect(victim.reached()).toBe(0)
  })

  test('names nothing that is denied, in whatever spelling', async () => {
    const aim = await gatewayWith(['*', 'allow'], ['file:///srv/private/*', 'deny'])
    await heard(aim, [`${PUBLIC}a.txt`, ...SPELLINGS])
    expect(victim.reached()).toBe(0)
  })

  test('names nothing that the catalog blocks, in whatever spelling', async () => {
    const aim = await gatewayWith(['*', 'allow'])
    await ask(aim, 'resources/list', {})
    await listed(api, upstream, PRIVATE)
    const mode = { upstream, kind: 'resource', key: PRIVATE, mode: 'block' }
    await api.client.write('PUT', '/v1/catalog/modes', mode)
    await standalone.inForce()
    expect(await heard(aim, [`${PUBLIC}a.txt`, ...SPELLINGS])).toBeGreaterThan(0)
    expect(victim.reached()).toBe(0)
  })
})

/** The proxy tells what it saw through the log. */
async function listed({ client }: Api, upstream: string, wanted: string): Promise<void> {
  for (;;) {
    const { items } = await client.get<{ items: readonly { key: string }[] }>('/v1/catalog', { upstream })
    if (items.some(({ key }) => key === wanted)) return
    await delay(20)
  }
}

describe('a notification that MCP does not know', () => {
  let victim: AddressVictim
  let aim: Aim

  beforeAll(async () => {
    victim = await startAddressVictim((uri) => uri)
    const upstream = await api.addUpstream(victim.url)
    const { token } = await api.addGateway()
    await standalone.inForce()
    const { host: authority } = new URL(standalone.proxies[0] as string)
    aim = { authority, path: `/mcp/${upstream}`, token }
  })
  afterAll(() => victim.stop())

  test.each([
    'notifications/deploy',
    'notifications/tools/call',
    'notifications/',
    'notifications/message',
    'notifications/initialized/x',
    'notifications/Initialized',
    'notifications_deploy',
    'deploy',
  ])('%s does not pass without a permission', async (method) => {
    const body = JSON.stringify({ jsonrpc: '2.0', method, params: { name: 'delete' } })
    await sendRaw(`http://${aim.authority}`, post(aim, body), 10_000)
    expect(victim.reached()).toBe(0)
  })
})
