import { BUILTIN_PERMISSIONS } from '@sallyport/policy'
import { describe, expect, it } from 'vitest'
import {
  addGateway,
  addUpstream,
  ask,
  logWithTokens,
  observed,
  type Scope,
  startInstance,
} from '../testing/instance.ts'

const instanceOf = async () => startInstance(await logWithTokens())
const PERMISSION = { gateway: 'code-agent', connector: 'mcp', action: 'mcp.tools.read_*', decision: 'allow' }
const at = (url: string) => ({ target: { kind: 'http', url } })
const from = (variable: string) => ({ credential: { kind: 'env', variable } })
const issued = (change: object) => ({ credential: { ...ISSUED, ...change } })
const ISSUED = {
  kind: 'client_credentials',
  tokenUrl: 'https://login.example/token',
  clientId: 'sallyport',
  clientAuthentication: 'client_secret_basic',
  secret: { kind: 'env', variable: 'CLIENT_SECRET' },
  scope: null,
  resource: null,
}
const stdio = (change: object = {}) => ({
  target: { kind: 'stdio', command: ['npx', 'server-files', '/srv'], env: [], cwd: null, ...change },
})
const UPSTREAM = { connector: 'mcp', name: 'files', ...at('http://127.0.0.1:3001/mcp'), credential: null }

describe('gateways', () => {
  it('one is added with its token, which works and is shown nowhere else', async () => {
    const instance = await instanceOf()
    const { token, id } = await addGateway(instance)
    expect(token).toMatch(/^sp_gw_[\w-]{43}$/)
    expect(instance.control.authenticateGateway(token)).toMatchObject({ id, name: 'code-agent' })

    const { body } = await ask(instance, 'GET', '/v1/gateways')
    expect(body).toEqual({
      items: [
        { id, name: 'code-agent', issuers: [], owner: null, createdAt: expect.any(String), revokedAt: null },
      ],
      next: null,
    })
  })

  it('one is asked for by its name, also after it was revoked', async () => {
    const instance = await instanceOf()
    const { id } = await addGateway(instance)
    const one = () => ask(instance, 'GET', '/v1/gateways/code-agent', undefined, { scope: 'analyst' })
    expect((await one()).body).toMatchObject({ id, name: 'code-agent', revokedAt: null })
    await ask(instance, 'DELETE', '/v1/gateways/code-agent')
    expect((await one()).body).toMatchObject({ id, revokedAt: expect.any(String) })
    expect((await ask(instance, 'GET', '/v1/gateways/nobody')).status).toBe(404)
  })

  it('is named by no issuer unless it is said, and only by those that are set last', async () => {
    const instance = await instanceOf()
    await addGateway(instance)
    const put = (issuers: readonly string[], name = 'code-agent') =>
      ask(instance, 'PUT', `/v1/gateways/${name}/issuers`, { issuers })
    expect((await put(['https://login.example'])).body).toMatchObject({ issuers: ['https://login.example'] })
    expect((await put([])).body).toMatchObject({ issuers: [] })
    const body = { name: 'ci', issuers: ['https://login.example/realm'] }
    expect((await ask(instance, 'POST', '/v1/gateways', body)).body).toMatchObject(body)
    expect((await put([], 'nobody')).status).toBe(404)
    for (const odd of [
      'login',
      'http://login.example',
      'https://login.example/?a=1',
      'https://u:p@login.example',
    ])
      expect((await put([odd])).body, odd).toMatchObject({ code: 'SP_ISSUER_UNUSABLE' })
  })

  it('rotating gives a new token and ends the old one', async () => {
    const instance = await instanceOf()
    const before = await addGateway(instance)
    const { status, body } = await ask(instance, 'POST', '/v1/gateways/code-agent/rotate')
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: before.id, name: 'code-agent', token: expect.stringMatching(/^sp_gw_/) })
    expect(instance.control.authenticateGateway(before.token)).toBeUndefined()
    expect(instance.control.authenticateGateway(body.token)).toMatchObject({ id: before.id })
  })

  it('revoking ends the token; the gateway stays listed as revoked', async () => {
    const instance = await instanceOf()
    const { token } = await addGateway(instance)
    expect((await ask(instance, 'DELETE', '/v1/gateways/code-agent')).status).toBe(204)
    expect(instance.control.authenticateGateway(token)).toBeUndefined()
    expect((await ask(instance, 'GET', '/v1/gateways')).body.items).toMatchObject([
      { name: 'code-agent', revokedAt: expect.any(String) },
    ])
    expect(await ask(instance, 'DELETE', '/v1/gateways/code-agent')).toMatchObject({
      status: 404,
      body: { code: 'SP_GATEWAY_NOT_REGISTERED' },
    })
    expect((await ask(instance, 'POST', '/v1/gateways/code-agent/rotate')).status).toBe(404)
  })

  it('of two that add the same name at once on two instances, one is told 201 and one 409', async () => {
    const log = await logWithTokens()
    const [one, two] = [await startInstance(log), await startInstance(log)]
    const answers = await Promise.all(
      [one, two].map((instance) => ask(instance, 'POST', '/v1/gateways', { name: 'code-agent' })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    const won = answers.find(({ status }) => status === 201)
    expect(one.control.authenticateGateway(won?.body.token ?? '')).toMatchObject({ id: won?.body.id })
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'SP_CONFLICT',
      detail: 'there is a gateway code-agent',
    })
  })

  it('a repeated idempotency key does not add twice, and another instance cannot show the token again', async () => {
    const log = await logWithTokens()
    const [one, two] = [await startInstance(log), await startInstance(log)]
    const add = (instance: typeof one) =>
      ask(instance, 'POST', '/v1/gateways', { name: 'code-agent' }, { key: 'once' })
    const first = await add(one)
    expect(await add(one)).toEqual(first)
    expect(await add(two)).toMatchObject({ status: 409, body: { code: 'SP_TOKEN_SHOWN_ONCE' } })
    expect(two.control.authenticateGateway(first.body.token)).toBeDefined()
  })

  it.each(['', '*', 'Agent', '-agent', 'a b', 'a'.repeat(64), 'ä', '../x'])(
    'the name %j is refused',
    async (name) => {
      const instance = await instanceOf()
      const { status, body } = await ask(instance, 'POST', '/v1/gateways', { name })
      expect(status).toBe(400)
      expect(body).toMatchObject({ status: 400, code: expect.stringMatching(/^SP_/) })
      expect(instance.control.state().gateways.size).toBe(0)
    },
  )
})

describe('upstreams', () => {
  it('one is added, listed and forgotten', async () => {
    const instance = await instanceOf()
    const body = { ...UPSTREAM, ...from('FILES_TOKEN') }
    const added = await ask(instance, 'POST', '/v1/upstreams', body)
    const made = { id: expect.any(String), path: '/mcp/files', createdAt: expect.any(String) }
    expect(added).toEqual({ status: 201, body: { ...body, ...made } })
    expect((await ask(instance, 'GET', '/v1/upstreams')).body).toEqual({ items: [added.body], next: null })
    expect((await ask(instance, 'DELETE', '/v1/upstreams/files')).status).toBe(204)
    expect((await ask(instance, 'GET', '/v1/upstreams')).body).toEqual({ items: [], next: null })
    expect((await ask(instance, 'DELETE', '/v1/upstreams/files')).status).toBe(404)
  })

  it('one of a kind that there is not is refused with the kinds that there are', async () => {
    const answer = await ask(await instanceOf(), 'POST', '/v1/upstreams', {
      ...UPSTREAM,
      connector: 'telnet',
    })
    expect(answer).toMatchObject({
      status: 404,
      body: { code: 'SP_CONNECTOR_UNKNOWN', detail: 'there is no connector telnet; what exists: http, mcp' },
    })
  })

  it('one of kind http is reached below its name', async () => {
    const body = { ...UPSTREAM, connector: 'http', ...at('https://api.example/') }
    const added = await ask(await instanceOf(), 'POST', '/v1/upstreams', body)
    expect(added).toMatchObject({ status: 201, body: { connector: 'http', path: '/http/files/' } })
  })

  it('everything about one is shown: its permissions, what stops it and what it offers', async () => {
    const instance = await instanceOf()
    await addUpstream(instance)
    await addUpstream(instance, 'other')
    await ask(instance, 'PUT', '/v1/permissions', PERMISSION)
    await ask(instance, 'PUT', '/v1/permissions', { ...PERMISSION, upstream: 'files' })
    await ask(instance, 'PUT', '/v1/permissions', { ...PERMISSION, upstream: 'other' })
    for (const scope of ['upstream:files', 'upstream:other', 'connector:mcp'])
      await ask(instance, 'PUT', '/v1/kill-switch', { scope, on: true })
    const definition = { key: 'read', fingerprint: '1'.repeat(64), definition: '{"name":"read"}' }
    await observed(instance, 'files', [definition])
    const { status, body } = await ask(instance, 'GET', '/v1/upstreams/files')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      name: 'files',
      connector: 'mcp',
      path: '/mcp/files',
      permissions: [{ ...PERMISSION, upstream: 'files' }],
      killSwitches: [{ scope: 'upstream:files' }, { scope: 'connector:mcp' }],
    })
    expect(body).toHaveProperty('catalog.0', { kind: 'tool', offered: 1, differing: 0 })
  })

  it('one that is not there is not found, and those that are there are named', async () => {
    const instance = await instanceOf()
    expect(await ask(instance, 'GET', '/v1/upstreams/fils')).toMatchObject({
      status: 404,
      body: { code: 'SP_UPSTREAM_NOT_REGISTERED', detail: 'there is no upstream fils, nor any other' },
    })
    await addUpstream(instance)
    expect((await ask(instance, 'GET', '/v1/upstreams/fils')).body).toMatchObject({
      detail: 'there is no upstream fils; did you mean files? What exists: files',
    })
  })

  it('one may have the name of a kind', async () => {
    const instance = await instanceOf()
    await addUpstream(instance, 'mcp')
    const named = { ...PERMISSION, upstream: 'mcp' }
    expect((await ask(instance, 'PUT', '/v1/permissions', named)).body).toMatchObject(named)
  })

  it('a name is given once', async () => {
    const instance = await instanceOf()
    await addUpstream(instance)
    expect((await ask(instance, 'POST', '/v1/upstreams', UPSTREAM)).status).toBe(409)
  })

  it.each<[object, string]>([
    [{ connector: 'http', target: { kind: 'attached', command: ['true'] } }, 'SP_UPSTREAM_TARGET_UNFIT'],
    [{ connector: 'http', metaKeys: ['acme/tenant'] }, 'SP_UPSTREAM_META_UNFIT'],
    [{ name: '*' }, 'SP_REQUEST_INVALID'],
    [at('nonsense'), 'SP_UPSTREAM_URL_INVALID'],
    [at('file:///etc/passwd'), 'SP_UPSTREAM_URL_INVALID'],
    [at('ws://127.0.0.1/'), 'SP_UPSTREAM_URL_INVALID'],
    [at('http://user@127.0.0.1/'), 'SP_UPSTREAM_URL_INVALID'],
    [at('http://:word@127.0.0.1/'), 'SP_UPSTREAM_URL_INVALID'],
    [at('http://a.example\\@127.0.0.1/'), 'SP_UPSTREAM_URL_INVALID'],
    [at('http://010.0.0.1/'), 'SP_UPSTREAM_URL_INVALID'],
    [at('http://127.0.0.1/#part'), 'SP_UPSTREAM_URL_INVALID'],
    [at('http://127.0.0.1/mcp?api_key=abc'), 'SP_UPSTREAM_URL_INVALID'],
    [at(`http://127.0.0.1/s/${['ghp', 'a'.repeat(36)].join('_')}/mcp`), 'SP_UPSTREAM_URL_INVALID'],
    [at(`http://127.0.0.1/${'ü'.repeat(1000)}`), 'SP_UPSTREAM_URL_INVALID'],
    [from('lower'), 'SP_REQUEST_INVALID'],
    [from(''), 'SP_REQUEST_INVALID'],
    [from('SALLYPORT_SECRET_KEY'), 'SP_CREDENTIAL_RESERVED'],
    [from('1A'), 'SP_REQUEST_INVALID'],
    [{ credential: { kind: 'file', file: '../secret' } }, 'SP_REQUEST_INVALID'],
    [{ credential: { kind: 'file', file: '/etc/passwd' } }, 'SP_REQUEST_INVALID'],
    [{ credential: { kind: 'file', file: 'a/./b' } }, 'SP_REQUEST_INVALID'],
    [issued({ tokenUrl: 'http://login.example/token' }), 'SP_CREDENTIAL_UNUSABLE'],
    [issued({ tokenUrl: 'https://a:b@login.example/token' }), 'SP_CREDENTIAL_UNUSABLE'],
    [issued({ tokenUrl: 'nowhere' }), 'SP_CREDENTIAL_UNUSABLE'],
    [issued({ secret: null }), 'SP_CREDENTIAL_UNUSABLE'],
    [issued({ clientAuthentication: 'none', secret: null }), 'SP_CREDENTIAL_UNUSABLE'],
    [issued({ secret: { kind: 'env', variable: 'SALLYPORT_SECRET_KEY' } }), 'SP_CREDENTIAL_RESERVED'],
    [issued({ resource: '/mcp' }), 'SP_CREDENTIAL_UNUSABLE'],
    [issued({ scope: 'a"b' }), 'SP_REQUEST_INVALID'],
    [issued({ token: 'x' }), 'SP_REQUEST_INVALID'],
    [
      {
        target: { kind: 'stdio', command: ['true'], env: [], cwd: null },
        credential: { kind: 'passthrough' },
      },
      'SP_CREDENTIAL_UNUSABLE',
    ],
    [{ more: 1 }, 'SP_REQUEST_INVALID'],
  ])('%j is refused as %s', async (change, code) => {
    const instance = await instanceOf()
    const answer = await ask(instance, 'POST', '/v1/upstreams', { ...UPSTREAM, ...change })
    expect(answer).toMatchObject({ status: 400, body: { code } })
    expect(instance.control.state().upstreams.size).toBe(0)
  })

  it.each([
    { kind: 'file', file: 'files/token' },
    ISSUED,
    { ...ISSUED, kind: 'refresh_token', clientAuthentication: 'none', secret: null, file: 'files/refresh' },
    { kind: 'passthrough' },
  ])('$kind is a credential, shown as what was said of it', async (credential) => {
    const instance = await instanceOf()
    const answer = await ask(instance, 'POST', '/v1/upstreams', { ...UPSTREAM, credential })
    expect(answer).toMatchObject({ status: 201, body: { credential } })
    expect(instance.control.state().upstreams.get('files')?.credential).toEqual(credential)
  })

  it('a refused address is not repeated in the answer: it may carry a credential', async () => {
    const url = 'http://user:swordfish@127.0.0.1/'
    const { body } = await ask(await instanceOf(), 'POST', '/v1/upstreams', { ...UPSTREAM, ...at(url) })
    expect(JSON.stringify(body)).not.toContain('swordfish')
  })
})

describe('permissions', () => {
  it('one is set, replaced under the same id, and removed', async () => {
    const instance = await instanceOf()
    const set = await ask(instance, 'PUT', '/v1/permissions', PERMISSION)
    const made = { id: expect.any(String), upstream: null, approval: null, origin: 'explicit' }
    expect(set).toEqual({ status: 200, body: { ...PERMISSION, ...made } })
    const replaced = await ask(instance, 'PUT', '/v1/permissions', { ...PERMISSION, decision: 'deny' })
    expect(replaced.body).toEqual({ ...set.body, decision: 'deny' })

    expect((await ask(instance, 'DELETE', `/v1/permissions/${set.body.id}`)).status).toBe(204)
    expect((await ask(instance, 'DELETE', `/v1/permissions/${set.body.id}`)).status).toBe(404)
    expect(instance.control.state().permissions.size).toBe(0)
  })

  it('are listed by any of what they say, built-in ones last', async () => {
    const instance = await instanceOf()
    await addUpstream(instance)
    const open = { action: 'mcp.tools.*', decision: 'allow' }
    await ask(instance, 'PUT', '/v1/permissions', { ...open, gateway: 'a', upstream: 'files' })
    await ask(instance, 'PUT', '/v1/permissions', { ...open, gateway: 'b', action: 'mcp.tools.read_x' })
    await ask(instance, 'PUT', '/v1/permissions', { ...open, gateway: '*', decision: 'deny' })
    const found = async (query: string) => {
      const { body } = await ask(instance, 'GET', `/v1/permissions?limit=500&${query}`)
      return body.items.map((item) => (item.origin === 'builtin' ? 'builtin' : item.gateway))
    }
    expect(await found('gateway=a')).toEqual(['a'])
    expect(await found('upstream=files')).toEqual(['a'])
    expect(await found('decision=deny')).toEqual(['*'])
    expect(await found('action=mcp.tools.read_*')).toEqual(['b'])
    expect(await found('action=mcp.tools.*&origin=explicit')).toEqual(['*', 'a', 'b'])
    const all = await found('')
    expect(all.slice(0, 3)).toEqual(['*', 'a', 'b'])
    expect(new Set(all.slice(3))).toEqual(new Set(['builtin']))
    expect(await ask(instance, 'GET', '/v1/permissions?gateway=c')).toMatchObject({
      status: 404,
      body: { code: 'SP_GATEWAY_NOT_REGISTERED' },
    })
  })

  it('one for an upstream has the kind of that upstream', async () => {
    const instance = await instanceOf()
    await addUpstream(instance)
    const { connector: _, ...open } = PERMISSION
    const set = await ask(instance, 'PUT', '/v1/permissions', { ...open, upstream: 'files' })
    expect(set.body).toMatchObject({ upstream: 'files', connector: 'mcp' })
    const again = { ...open, upstream: 'files', connector: '*', decision: 'deny' }
    expect((await ask(instance, 'PUT', '/v1/permissions', again)).body).toMatchObject({ id: set.body.id })
    const other = { ...open, upstream: 'files', connector: 'http' }
    expect(await ask(instance, 'PUT', '/v1/permissions', other)).toMatchObject({
      status: 400,
      body: { code: 'SP_CONNECTOR_MISMATCH' },
    })
  })

  it.each([
    { connector: 'http', action: 'generic.get' },
    { connector: 'http', action: 'http.*' },
    { connector: '*', action: 'generic.*' },
    { connector: 'mcp', action: '*delete*' },
  ])('one over an action of its kind is taken: $connector $action', async (reach) => {
    const answer = await ask(await instanceOf(), 'PUT', '/v1/permissions', { ...PERMISSION, ...reach })
    expect(answer).toMatchObject({ status: 200, body: reach })
  })

  it.each([
    [{ connector: 'files' }, 'SP_CONNECTOR_UNKNOWN'],
    [{ upstream: 'fils' }, 'SP_UPSTREAM_NOT_REGISTERED'],
  ])('one that would apply to nothing is refused: %j', async (change, code) => {
    const instance = await instanceOf()
    await addUpstream(instance)
    const answer = await ask(instance, 'PUT', '/v1/permissions', { ...PERMISSION, ...change })
    expect(answer).toMatchObject({ status: 404, body: { code } })
    expect(instance.control.state().permissions.size).toBe(0)
  })

  it('the list has explicit ones first, then those built in', async () => {
    const instance = await instanceOf()
    await ask(instance, 'PUT', '/v1/permissions', PERMISSION)
    const { items } = (await ask(instance, 'GET', '/v1/permissions')).body
    expect(items[0]).toMatchObject({ ...PERMISSION, origin: 'explicit' })
    expect(items.slice(1)).toHaveLength(BUILTIN_PERMISSIONS.length)
    for (const item of items.slice(1)) expect(item).toMatchObject({ origin: 'builtin', decision: 'allow' })
  })

  it('a built-in one cannot be removed', async () => {
    const instance = await instanceOf()
    expect((await ask(instance, 'DELETE', '/v1/permissions/builtin:mcp.rpc.ping')).status).toBe(404)
  })

  it.each<[object, string]>([
    [{ action: 'delete_*' }, 'SP_PATTERN_INVALID'],
    [{ action: 'mcp.tools.sp ace' }, 'SP_PATTERN_INVALID'],
    [{ action: '' }, 'SP_REQUEST_INVALID'],
    [{ action: 'mpc.tools.*' }, 'SP_PERMISSION_ACTION_FOREIGN'],
    [{ action: 'mpc.tools.*', connector: '*' }, 'SP_PERMISSION_ACTION_FOREIGN'],
    [{ action: 'mcp.tools.*', connector: 'http' }, 'SP_PERMISSION_ACTION_FOREIGN'],
    [{ action: 'generic.get' }, 'SP_PERMISSION_ACTION_FOREIGN'],
    [{ action: 'http.DELETE', connector: 'http' }, 'SP_PERMISSION_ACTION_FOREIGN'],
    [{ action: 'mcp.tool.delete' }, 'SP_PERMISSION_ACTION_FOREIGN'],
    [{ gateway: 'Upper' }, 'SP_REQUEST_INVALID'],
    [{ connector: '' }, 'SP_REQUEST_INVALID'],
    [{ upstream: '*' }, 'SP_REQUEST_INVALID'],
    [{ decision: 'perhaps' }, 'SP_REQUEST_INVALID'],
  ])('%j is refused as %s and never in force', async (change, code) => {
    const instance = await instanceOf()
    const answer = await ask(instance, 'PUT', '/v1/permissions', { ...PERMISSION, ...change })
    expect(answer).toMatchObject({ status: 400, body: { code } })
    expect(instance.control.state().permissions.size).toBe(0)
  })
})

describe('the kill switch', () => {
  it('is turned on with its reason, listed while on, and off again', async () => {
    const instance = await instanceOf()
    const on = await ask(instance, 'PUT', '/v1/kill-switch', { scope: 'global', on: true, reason: 'drill' })
    const expected = {
      scope: 'global',
      on: true,
      reason: 'drill',
      since: expect.any(String),
      by: 'the-admin',
    }
    expect(on).toEqual({ status: 200, body: { ...expected, changed: true, othersOn: [] } })
    expect((await ask(instance, 'GET', '/v1/kill-switch')).body).toEqual({ items: [expected], next: null })

    const off = await ask(instance, 'PUT', '/v1/kill-switch', { scope: 'global', on: false, reason: null })
    expect(off).toMatchObject({ status: 200, body: { scope: 'global', on: false } })
    expect((await ask(instance, 'GET', '/v1/kill-switch')).body.items).toEqual([])
  })

  it('says whether it was so before, and which others are on', async () => {
    const instance = await instanceOf()
    await addGateway(instance)
    const put = async (scope: string, on: boolean) =>
      (await ask(instance, 'PUT', '/v1/kill-switch', { scope, on })).body
    expect(await put('connector:mcp', true)).toMatchObject({ on: true, changed: true, othersOn: [] })
    expect(await put('connector:mcp', true)).toMatchObject({ on: true, changed: false, othersOn: [] })
    const mcp = { scope: 'connector:mcp', on: true, by: 'the-admin' }
    expect(await put('global', false)).toMatchObject({ on: false, changed: false, othersOn: [mcp] })
    const both = await put('gateway:code-agent', true)
    expect(both).toMatchObject({ scope: 'gateway:code-agent', changed: true, othersOn: [mcp] })
    expect(await put('gateway:code-agent', false)).toMatchObject({
      on: false,
      changed: true,
      othersOn: [mcp],
    })
    expect(await put('connector:mcp', false)).toMatchObject({ on: false, changed: true, othersOn: [] })
  })

  it('a reason that is not Unicode does not stop the control state for everybody', async () => {
    const instance = await instanceOf()
    const kill = { scope: 'global', on: true, reason: 'x\ud800' }
    expect(await ask(instance, 'PUT', '/v1/kill-switch', kill, { key: 'k' })).toMatchObject({
      status: 400,
      body: { code: 'SP_REQUEST_INVALID' },
    })
    expect(instance.control.fault()).toBeUndefined()
  })

  it.each([
    ['gateway:code-agnet', 'SP_GATEWAY_NOT_REGISTERED', 'code-agent'],
    ['upstream:fils', 'SP_UPSTREAM_NOT_REGISTERED', 'files'],
    ['connector:files', 'SP_CONNECTOR_UNKNOWN', 'http, mcp'],
  ])('the scope %s is refused with what there is', async (scope, code, there) => {
    const instance = await instanceOf()
    await addGateway(instance)
    await addUpstream(instance)
    for (const on of [true, false]) {
      const { status, body } = await ask(instance, 'PUT', '/v1/kill-switch', { scope, on })
      expect({ status, body }).toMatchObject({ status: 404, body: { code } })
      expect(body).toHaveProperty('detail', expect.stringContaining(`hat exists: ${there}`))
    }
    expect(instance.control.state().killSwitches.size).toBe(0)
  })

  it('stays on for the name of an upstream that is removed, and can be turned off then', async () => {
    const instance = await instanceOf()
    await addUpstream(instance)
    await ask(instance, 'PUT', '/v1/kill-switch', { scope: 'upstream:files', on: true })
    await ask(instance, 'DELETE', '/v1/upstreams/files')
    expect((await ask(instance, 'GET', '/v1/kill-switch')).body.items).toHaveLength(1)
    const off = await ask(instance, 'PUT', '/v1/kill-switch', { scope: 'upstream:files', on: false })
    expect(off.status).toBe(200)
    expect(instance.control.state().killSwitches.size).toBe(0)
  })

  it.each(['everything', 'gateway:', 'gateway:*', 'connector', 'upstream:', 'Global'])(
    'the scope %j is refused',
    async (scope) => {
      expect(await ask(await instanceOf(), 'PUT', '/v1/kill-switch', { scope, on: true })).toMatchObject({
        status: 400,
        body: { code: 'SP_KILL_SWITCH_SCOPE_INVALID' },
      })
    },
  )
})

describe('tokens', () => {
  it('one is issued, works, is listed without its text, and ends when revoked', async () => {
    const instance = await instanceOf()
    const issued = await ask(instance, 'POST', '/v1/tokens', { name: 'dana', scope: 'approver' })
    expect(issued).toMatchObject({ status: 201, body: { name: 'dana', scope: 'approver' } })
    const { token } = issued.body
    expect(instance.control.authenticateApi(token)).toMatchObject({ name: 'dana', scope: 'approver' })
    expect(JSON.stringify((await ask(instance, 'GET', '/v1/tokens')).body)).not.toContain(token)

    expect((await ask(instance, 'DELETE', '/v1/tokens/dana')).status).toBe(204)
    expect(instance.control.authenticateApi(token)).toBeUndefined()
  })

  it('the last admin token stays', async () => {
    const instance = await instanceOf()
    expect((await ask(instance, 'DELETE', '/v1/tokens/the-admin')).status).toBe(409)
  })
})

describe('connectors', () => {
  it('are the kinds there are, with the actions that each names', async () => {
    const instance = await instanceOf()
    await addUpstream(instance)
    expect((await ask(instance, 'GET', '/v1/connectors')).body.items).toMatchObject([
      { kind: 'http', path: '/http/<name>/', targets: ['http'], upstreams: 0 },
      { kind: 'mcp', path: '/mcp/<name>', targets: ['http', 'stdio', 'attached'], upstreams: 1 },
    ])
    const { status, body } = await ask(instance, 'GET', '/v1/connectors/http')
    expect({ status, body }).toMatchObject({ status: 200, body: { kind: 'http', builtin: [] } })
    expect(body).toHaveProperty('actions.0', {
      name: 'http.get',
      asks: 'GET',
      lessSpecific: ['generic.get'],
      risk: 'low',
    })
  })

  it('that there is not is not found', async () => {
    expect(await ask(await instanceOf(), 'GET', '/v1/connectors/ftp')).toMatchObject({
      status: 404,
      body: { code: 'SP_CONNECTOR_UNKNOWN' },
    })
  })
})

describe('scopes', () => {
  const reads = [
    '/v1/gateways',
    '/v1/upstreams',
    '/v1/upstreams/files',
    '/v1/connectors',
    '/v1/connectors/mcp',
    '/v1/permissions',
    '/v1/kill-switch',
  ]
  const writes: ['POST' | 'PUT' | 'DELETE', string, object?][] = [
    ['POST', '/v1/gateways', { name: 'a' }],
    ['POST', '/v1/gateways/code-agent/rotate'],
    ['DELETE', '/v1/gateways/code-agent'],
    ['POST', '/v1/upstreams', { ...UPSTREAM, name: 'other' }],
    ['DELETE', '/v1/upstreams/files'],
    ['PUT', '/v1/permissions', PERMISSION],
    ['DELETE', '/v1/permissions/x'],
    ['PUT', '/v1/kill-switch', { scope: 'global', on: true }],
    ['POST', '/v1/tokens', { name: 'b', scope: 'admin' }],
    ['DELETE', '/v1/tokens/the-bot'],
  ]

  it.each<Scope>(['approver', 'analyst', 'bot'])(
    '%s reads what is in force, and changes nothing',
    async (scope) => {
      const instance = await instanceOf()
      await addGateway(instance)
      await addUpstream(instance)
      const before = instance.control.state()
      for (const url of reads) {
        const { status, body } = await ask(instance, 'GET', url, undefined, { scope })
        expect(status).toBe(200)
        expect(JSON.stringify(body)).not.toMatch(/hash|[0-9a-f]{64}/i)
      }
      for (const [method, url, body] of writes)
        expect((await ask(instance, method, url, body, { scope })).status).toBe(403)
      expect((await ask(instance, 'GET', '/v1/tokens', undefined, { scope })).status).toBe(403)
      expect(instance.control.state()).toBe(before)
    },
  )

  it('nobody without a token sees anything', async () => {
    const instance = await instanceOf()
    for (const url of [...reads, '/v1/tokens'])
      expect((await ask(instance, 'GET', url, undefined, { scope: null })).status).toBe(401)
    for (const [method, url, body] of writes)
      expect((await ask(instance, method, url, body, { scope: null })).status).toBe(401)
  })
})

it('a list is read in pages, each thing once', async () => {
  const instance = await instanceOf()
  for (const name of ['c', 'a', 'e', 'b', 'd']) await addGateway(instance, name)
  const names: string[] = []
  let cursor: string | null = null
  do {
    const { body } = await ask(instance, 'GET', `/v1/gateways?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
    names.push(...body.items.map((item) => item.name))
    cursor = body.next
  } while (cursor)
  expect(names).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect((await ask(instance, 'GET', '/v1/gateways?cursor=nonsense')).status).toBe(400)
})

describe('a command as an upstream', () => {
  const INVALID = { code: 'SP_UPSTREAM_COMMAND_INVALID' }
  const refused = async (target: object) => {
    const instance = await instanceOf()
    const { status, body } = await ask(instance, 'POST', '/v1/upstreams', { ...UPSTREAM, ...target })
    expect(status).toBe(400)
    return body
  }
  const secret = ['ghp', 'a1B2'.repeat(9)].join('_')

  it('is registered with the names of its variables', async () => {
    const instance = await instanceOf()
    const target = stdio({ env: ['GITHUB_TOKEN'], cwd: '/srv' })
    const { status, body } = await ask(instance, 'POST', '/v1/upstreams', { ...UPSTREAM, ...target })
    expect(status).toBe(201)
    expect(body).toMatchObject(target)
  })

  it.each([
    ['that carries a credential', ['npx', 'server', secret]],
    ['that carries one in an assignment', ['npx', 'server', '--api-key=hunter2']],
    ['that carries one after a flag', ['npx', 'server', '--password', 'hunter2']],
    ['that has a NUL in it', ['npx', 'a\0b']],
    ['without a program', ['', 'a']],
  ])('%s is refused', async (_, command) => {
    expect(await refused(stdio({ command }))).toMatchObject(INVALID)
  })

  it('gets no variable of ours, and works nowhere but at an absolute path', async () => {
    expect(await refused(stdio({ env: ['SALLYPORT_SECRET_KEY'] }))).toMatchObject(INVALID)
    expect(await refused(stdio({ cwd: 'srv' }))).toMatchObject(INVALID)
  })
})

describe('a pattern that can match nothing is refused with what was probably meant', () => {
  it.each([
    [{}, 'mcp.tool.delete_*', 'did you mean "mcp.tools.delete_*"?'],
    [{ connector: 'mcp' }, 'tools.delete_*', 'did you mean "mcp.tools.delete_*"?'],
    [{ connector: 'mcp' }, 'files.delete_*', 'did you mean "mcp.tools.delete_*" for upstream files?'],
    [{ upstream: 'files' }, 'mcp.delete_file', 'did you mean "mcp.tools.delete_file"?'],
    [{ connector: 'http' }, 'http.DELETE', 'did you mean "http.delete"?'],
    [{ connector: 'mcp' }, 'delete_file', 'did you mean "mcp.tools.delete_file"?'],
    [{ connector: 'mcp' }, 'mcp.tools.a/b', 'did you mean "mcp.tools.a%2Fb"?'],
    [{ connector: 'http' }, 'http.gett', 'did you mean "http.get"?'],
    [{ connector: 'mcp' }, 'mcp.tools.delete_[ab]', 'did you mean "mcp.tools.delete_*"?'],
    [{ connector: 'mcp' }, 'mcp.tools.delete_?', 'The only wildcard is *'],
    [{ connector: 'mcp' }, 'mcp/tools/read_*', 'did you mean "mcp.tools.read_*"?'],
    [{ upstream: 'files' }, 'http.get', '"http.get" is an action of connector http'],
    [{ upstream: 'files' }, 'http.*', '"http." begins actions of connector http'],
    [{ connector: 'mcp' }, 'mcp.tools.é', '/ is %2F, é is %C3%A9'],
    [{ connector: 'mcp' }, 'mcp.tools.%2f', 'did you mean "mcp.tools.%2F"?'],
  ])('for %j: %s', async (reach, action, meant) => {
    const instance = await instanceOf()
    await addUpstream(instance)
    const body = { gateway: 'code-agent', ...reach, action, decision: 'deny' }
    const answer = await ask(instance, 'PUT', '/v1/permissions', body)
    expect(answer.status).toBe(400)
    expect(answer.body.detail).toContain(meant)
    expect(instance.control.state().permissions.size).toBe(0)
  })
})
