import { generateKeyPairSync } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CredentialReference, Upstream } from '@sallyport/control'
import { DEVELOPMENT, silentLogger } from '@sallyport/runtime'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type AuthorizationServer,
  json,
  startAuthorizationServer,
} from '../../testing/authorization-server.ts'
import { TargetRules } from '../target-rules.ts'
import { Credentials } from './credentials.ts'
import { RefreshTokenFile } from './refresh-token-file.ts'
import { SecretFiles } from './secret-files.ts'

let server: AuthorizationServer
let folder: string
let now: number
const SECRET = ['client', 'secret', '&+ü'].join('-')

beforeEach(async () => {
  server = await startAuthorizationServer()
  folder = mkdtempSync(join(tmpdir(), 'sallyport-credentials-'))
  now = 0
})
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server.stop()
})

const targets = new TargetRules(DEVELOPMENT)
const credentials = (environment: Record<string, string> = { CLIENT_SECRET: SECRET }) =>
  new Credentials({ environment, folder, logger: silentLogger, targets, now: () => now })

const upstreamWith = (credential: CredentialReference): Upstream => ({
  name: 'files',
  id: 'u-1',
  connector: 'mcp',
  target: { kind: 'http', url: 'http://127.0.0.1:1/mcp' },
  credential,
  createdAt: '',
})

const issued = (change: object = {}) =>
  upstreamWith({
    kind: 'client_credentials',
    tokenUrl: server.tokenUrl,
    clientId: 'sally port',
    clientAuthentication: 'client_secret_basic',
    secret: { kind: 'env', variable: 'CLIENT_SECRET' },
    scope: 'read write',
    resource: 'https://files.example/mcp',
    ...change,
  } as CredentialReference)

const found = async (of: Credentials, upstream: Upstream) => {
  const credential = await of.find({ upstream, agentAuthorization: null })
  return 'fault' in credential ? credential.fault.code : credential.header
}
const faultOf = async (of: Credentials, upstream: Upstream) => {
  const credential = await of.find({ upstream, agentAuthorization: null })
  return 'fault' in credential ? credential.fault : undefined
}

describe('a file', () => {
  const file = (name: string) => upstreamWith({ kind: 'file', file: name })

  test('is read without the end of its line, and again when it changed', async () => {
    writeFileSync(join(folder, 'token'), 'first\n')
    expect(await found(credentials(), file('token'))).toBe('Bearer first')
    writeFileSync(join(folder, 'token'), 'second')
    expect(await found(credentials(), file('token'))).toBe('Bearer second')
  })

  test('may be a link within the folder, as mounted secrets are', async () => {
    mkdirSync(join(folder, '..data'))
    writeFileSync(join(folder, '..data', 'token'), 'mounted')
    symlinkSync(join('..data', 'token'), join(folder, 'token'))
    expect(await found(credentials(), file('token'))).toBe('Bearer mounted')
  })

  test.each([
    ['a link out of the folder', () => symlinkSync('/etc/hostname', join(folder, 'token'))],
    ['a folder', () => mkdirSync(join(folder, 'token'))],
    ['empty', () => writeFileSync(join(folder, 'token'), '')],
    ['too large', () => writeFileSync(join(folder, 'token'), 'x'.repeat(70_000))],
    ['not a header value', () => writeFileSync(join(folder, 'token'), 'a\nb')],
    ['not there', () => {}],
  ])('that is %s is not a credential', async (_, make) => {
    make()
    expect(await found(credentials(), file('token'))).toBe('SP_CREDENTIAL_MISSING')
  })

  test('outside a folder, or without one, is not a credential', async () => {
    expect(await found(credentials(), file('../../../../../../etc/hostname'))).toBe('SP_CREDENTIAL_MISSING')
    const none = new Credentials({ environment: {}, folder: null, logger: silentLogger, targets })
    expect((await faultOf(none, file('token')))?.message).toContain('SALLYPORT_CREDENTIALS_DIR')
  })
})

describe('a variable', () => {
  test('of Sallyport itself is not a credential, in any spelling', async () => {
    const own = credentials({ SALLYPORT_SECRET_KEY: 'x', sallyport_secret_key: 'y' })
    for (const variable of ['SALLYPORT_SECRET_KEY', 'sallyport_secret_key'])
      expect(await found(own, upstreamWith({ kind: 'env', variable }))).toBe('SP_CREDENTIAL_MISSING')
  })
})

describe('client credentials', () => {
  test('get one token for all that ask at once, and it is used while it holds', async () => {
    const own = credentials()
    const tokens = await Promise.all(Array.from({ length: 20 }, () => found(own, issued())))
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).toMatch(/^Bearer ey/)
    now += 3000 * 1000
    expect(own.find({ upstream: issued(), agentAuthorization: null })).not.toBeInstanceOf(Promise)
    expect(server.state.asked).toHaveLength(1)
    const [{ form, headers }] = server.state.asked as [(typeof server.state.asked)[0]]
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'client_credentials',
      scope: 'read write',
      resource: 'https://files.example/mcp',
    })
    const basic = Buffer.from(headers.authorization?.slice(6) ?? '', 'base64').toString()
    expect(basic).toBe('sally+port:client-secret-%26%2B%C3%BC')
  })

  test('get the next one before the token ends, while it is still used', async () => {
    const own = credentials()
    const first = await found(own, issued())
    now += 3400 * 1000
    expect(await found(own, issued())).toBe(first)
    await expect.poll(() => found(own, issued())).not.toBe(first)
    expect(server.state.asked).toHaveLength(2)
  })

  test('are not one upstream’s for another', async () => {
    const own = credentials()
    const other: Upstream = { ...issued(), name: 'other' }
    expect(await found(own, issued())).not.toBe(await found(own, other))
  })

  test('a token that holds for no time is for whoever asked, and no longer', async () => {
    server.state.seconds = 5
    const own = credentials()
    const first = await found(own, issued())
    expect(await found(own, issued())).not.toBe(first)
  })

  test.each([
    [
      'client_secret_post',
      { clientAuthentication: 'client_secret_post' },
      { client_id: 'sally port', client_secret: SECRET },
    ],
    ['none', { clientAuthentication: 'none', secret: null }, { client_id: 'sally port' }],
  ])('%s is sent in the form', async (_, change, parameters) => {
    await found(credentials(), issued(change))
    expect(Object.fromEntries(server.state.asked[0]?.form ?? [])).toMatchObject(parameters)
    expect(server.state.asked[0]?.headers.authorization).toBeUndefined()
  })

  test.each([
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['EC', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['Ed25519', () => generateKeyPairSync('ed25519')],
  ])('a private key (%s) signs who asks', async (_, generate) => {
    const pem = generate().privateKey.export({ type: 'pkcs8', format: 'pem' })
    writeFileSync(join(folder, 'key.pem'), pem)
    const secret = { kind: 'file', file: 'key.pem' }
    const upstream = issued({ clientAuthentication: 'private_key_jwt', secret })
    expect(await found(credentials(), upstream)).toMatch(/^Bearer/)
    const assertion = server.state.asked[0]?.form.get('client_assertion') ?? ''
    expect(decodeJwt(assertion)).toMatchObject({ iss: 'sally port', sub: 'sally port', aud: server.tokenUrl })
  })

  test('a secret that is not a private key is reported without its text', async () => {
    const fault = await faultOf(credentials(), issued({ clientAuthentication: 'private_key_jwt' }))
    expect(fault?.code).toBe('SP_CREDENTIAL_MISSING')
    expect(fault?.message).not.toContain(SECRET)
    expect(fault?.cause).toBeUndefined()
  })

  test.each([
    [
      'a refusal',
      401,
      { error: 'invalid_client', error_description: `bad ${SECRET}` },
      'SP_CREDENTIAL_REFUSED',
    ],
    ['a refusal in other words', 400, { error: `no ${SECRET}` }, 'SP_CREDENTIAL_REFUSED'],
    ['a redirect', 302, {}, 'SP_CREDENTIAL_UNAVAILABLE'],
    ['an error', 500, { error: 'x' }, 'SP_CREDENTIAL_UNAVAILABLE'],
    ['a token of another type', 200, { access_token: 'a', token_type: 'DPoP' }, 'SP_CREDENTIAL_UNAVAILABLE'],
    [
      'a token that is not a token',
      200,
      { access_token: 'a\r\nb', token_type: 'Bearer' },
      'SP_CREDENTIAL_UNAVAILABLE',
    ],
    ['too much', 200, { more: 'x'.repeat(300_000) }, 'SP_CREDENTIAL_UNAVAILABLE'],
  ])('%s is a fault that repeats nothing', async (_, status, body, code) => {
    server.state.tokenFails = (response) => {
      response.setHeader('location', 'http://127.0.0.1:1/')
      json(response, body, status)
    }
    const fault = await faultOf(credentials(), issued())
    expect(fault?.code).toBe(code)
    expect(fault?.message).not.toContain(SECRET)
  })

  test('a fault is not asked about again at once', async () => {
    server.state.tokenFails = (response) => json(response, {}, 500)
    const own = credentials()
    for (let call = 0; call < 10; call++) await found(own, issued())
    expect(server.state.asked).toHaveLength(1)
    server.state.tokenFails = undefined
    now += 1000
    expect(await found(own, issued())).toMatch(/^Bearer/)
  })

  test('a token endpoint without TLS gets no secret, unless it is on this machine', async () => {
    const upstream = issued({ tokenUrl: 'http://login.example/token' })
    expect(await found(credentials(), upstream)).toBe('SP_CREDENTIAL_UNAVAILABLE')
  })
})

describe('a refresh token', () => {
  const refreshing = () =>
    issued({ kind: 'refresh_token', clientAuthentication: 'none', secret: null, file: 'refresh' })
  const path = () => join(folder, 'refresh')

  test('is replaced by the next one in its file', async () => {
    writeFileSync(path(), 'refresh-0\n')
    expect(await found(credentials(), refreshing())).toMatch(/^Bearer/)
    expect(readFileSync(path(), 'utf8')).toBe(server.state.refreshToken)
    expect(server.state.refreshToken).not.toBe('refresh-0')
    expect(readdirSync(folder)).toEqual(['refresh'])
  })

  test('is spent once at a time, also by processes that share the file', async () => {
    writeFileSync(path(), 'refresh-0')
    const all = await Promise.all(Array.from({ length: 5 }, () => found(credentials(), refreshing())))
    for (const token of all) expect(token).toMatch(/^Bearer/)
    expect(server.state.asked).toHaveLength(5)
  })

  test('that is not good any more is a fault until the file has another', async () => {
    writeFileSync(path(), 'stolen')
    const own = credentials()
    expect(await found(own, refreshing())).toBe('SP_CREDENTIAL_REFUSED')
    writeFileSync(path(), 'refresh-0')
    now += 1000
    expect(await found(own, refreshing())).toMatch(/^Bearer/)
  })
})

test('a refresh token that its file does not take is kept by this process, until the file gets another', async () => {
  class ReadOnly extends SecretFiles {
    override replace(): Promise<void> {
      return Promise.reject(new Error('read-only'))
    }
  }
  writeFileSync(join(folder, 'refresh'), 'from the operator')
  const file = new RefreshTokenFile(new ReadOnly(folder), 'refresh', silentLogger)
  const spent: string[] = []
  const spend = (refreshToken: string | null) =>
    file.spend(async (token) => {
      spent.push(token)
      return { accessToken: 'access', seconds: 1, refreshToken }
    })
  await spend('second')
  await spend(null)
  writeFileSync(join(folder, 'refresh'), 'from the operator again')
  await spend(null)
  expect(spent).toEqual(['from the operator', 'second', 'from the operator again'])
})

describe('a token that the upstream refused', () => {
  test('is replaced once, also when two calls saw the refusal', async () => {
    const own = credentials()
    const upstream = issued()
    const refused = String(await found(own, upstream))
    const renewed = await Promise.all([1, 2, 3].map(() => own.renew({ upstream, refused })))
    expect(new Set(renewed).size).toBe(1)
    expect(renewed[0]).not.toBe(refused)
    expect(server.state.asked).toHaveLength(2)
  })

  test('and the next one too, is not replaced again for a while', async () => {
    const own = credentials()
    const upstream = issued()
    const first = String(await found(own, upstream))
    const second = String(await own.renew({ upstream, refused: first }))
    expect(await own.renew({ upstream, refused: second })).toBeUndefined()
    now += 10_000
    expect(await own.renew({ upstream, refused: second })).toMatch(/^Bearer/)
  })

  test('stays refused where it is not issued but given', async () => {
    const upstream = upstreamWith({ kind: 'env', variable: 'CLIENT_SECRET' })
    expect(await credentials().renew({ upstream, refused: 'Bearer x' })).toBeUndefined()
  })
})
