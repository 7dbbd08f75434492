import { generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type AuthorizationServer,
  json,
  newKey,
  startAuthorizationServer,
} from '../../testing/authorization-server.ts'
import { type AccessTokenRules, AccessTokens } from './access-tokens.ts'

const PROXY = 'https://proxy.example'
const RESOURCE = `${PROXY}/mcp/files`
const CLAIMS = { aud: RESOURCE, client_id: 'code-agent' }
const MINUTE = 60_000

let server: AuthorizationServer
let now: number
let tokens: AccessTokens

beforeEach(async () => {
  server = await startAuthorizationServer()
  now = 0
  tokens = tokensWith()
})
afterEach(() => server.stop())

function tokensWith(change: Partial<AccessTokenRules> = {}): AccessTokens {
  const rules = {
    issuers: [{ issuer: server.issuer, keysUrl: null }],
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    audiences: [],
    scopes: [],
    gatewayClaims: ['client_id', 'sub'],
    ...change,
  }
  return new AccessTokens({ rules, clock: () => new Date(), now: () => now })
}

const codeOf = (token: string, of = tokens) =>
  of.gatewayOf(token, RESOURCE).then(
    ({ name }) => name,
    (reason) => `${reason.code}: ${reason.message.split(': ')[1] ?? ''}`,
  )
const seconds = () => Math.floor(Date.now() / 1000)

describe('a token of a trusted issuer for this resource', () => {
  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('signed with %s names the gateway', async (algorithm) => {
    server.keys.push(await newKey(algorithm))
    expect(await codeOf(await server.sign(CLAIMS))).toBe('code-agent')
  })

  test('names it by the first claim that is there, and by no later one', async () => {
    expect(await codeOf(await server.sign({ aud: RESOURCE, sub: 'other' }))).toBe('other')
    const odd = await server.sign({ ...CLAIMS, client_id: 7 as never, sub: 'other' })
    expect(await codeOf(odd)).toBe('SP_TOKEN_REFUSED: it names no gateway')
    const named = tokensWith({ gatewayClaims: ['https://sallyport/gateway'] })
    expect(await codeOf(await server.sign({ ...CLAIMS, 'https://sallyport/gateway': 'ci' }), named)).toBe(
      'ci',
    )
  })

  test('may be for several resources, or for one that is configured', async () => {
    expect(await codeOf(await server.sign({ ...CLAIMS, aud: ['https://else', RESOURCE] }))).toBe('code-agent')
    const configured = tokensWith({ audiences: ['api://sallyport'] })
    expect(await codeOf(await server.sign({ ...CLAIMS, aud: 'api://sallyport' }), configured)).toBe(
      'code-agent',
    )
  })

  test('is good for a moment after its end, as clocks differ', async () => {
    expect(await codeOf(await server.sign({ ...CLAIMS, exp: seconds() - 10 }))).toBe('code-agent')
  })

  test.each([[{ scope: 'other mcp:call' }], [{ scp: 'mcp:call' }], [{ scp: ['mcp:call'] }]])(
    'with the scope in %j passes where that is wanted',
    async (claims) => {
      expect(
        await codeOf(await server.sign({ ...CLAIMS, ...claims }), tokensWith({ scopes: ['mcp:call'] })),
      ).toBe('code-agent')
    },
  )
})

describe('a token is refused', () => {
  test.each<[string, JWTPayload, string]>([
    ['for another resource', { aud: `${PROXY}/mcp/other` }, 'it is for another resource'],
    ['for the proxy as a whole', { aud: PROXY }, 'it is for another resource'],
    ['for almost this resource', { aud: `${RESOURCE}/` }, 'it is for another resource'],
    ['for nothing', { aud: [] }, 'it is for another resource'],
    ['after its end', { exp: seconds() - 40 }, 'it has expired'],
    ['before its beginning', { nbf: seconds() + 600 }, 'it is not good yet'],
    ['that never ends', { exp: undefined as never }, 'it is not a signed access token'],
    ['of another issuer', { iss: 'https://evil.example' }, 'its issuer is not trusted'],
    ['of almost this issuer', { iss: 'http://127.0.0.1' }, 'its issuer is not trusted'],
    ['that is bound to a key', { cnf: { jkt: 'x' } }, 'it is bound to a key'],
  ])('%s', async (_, claims, reason) => {
    expect(await codeOf(await server.sign({ ...CLAIMS, ...claims }))).toContain(`SP_TOKEN_REFUSED: ${reason}`)
  })

  test('that lacks a scope, as such', async () => {
    const wanting = tokensWith({ scopes: ['mcp:call', 'mcp:read'] })
    expect(await codeOf(await server.sign({ ...CLAIMS, scope: 'mcp:call mcp:reader' }), wanting)).toContain(
      'SP_SCOPE_INSUFFICIENT',
    )
  })

  test.each(['dpop+jwt', 'logout+jwt', 'id_token'])('that says it is a %s', async (typ) => {
    expect(await codeOf(await server.sign(CLAIMS, { header: { typ } }))).toContain('not an access token')
  })

  test('without a signature', async () => {
    const claims = { ...CLAIMS, iss: server.issuer, exp: seconds() + 600 }
    expect(await codeOf(new UnsecuredJWT(claims).encode())).toContain('SP_TOKEN_REFUSED')
    const [header, payload] = (await server.sign(CLAIMS)).split('.')
    expect(await codeOf(`${header}.${payload}.`)).toContain('SP_TOKEN_REFUSED')
  })

  test('signed with what is public of a key', async () => {
    const { publicKey, kid } = server.keys[0] as (typeof server.keys)[0]
    const secret = Buffer.from(JSON.stringify(await crypto.subtle.exportKey('jwk', publicKey)))
    const claims = { ...CLAIMS, iss: server.issuer, exp: seconds() + 600 }
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(secret)
    expect(await codeOf(forged)).toContain('its algorithm is not one of those')
  })

  test('signed by somebody else under the name of a known key', async () => {
    const known = server.keys[0] as (typeof server.keys)[0]
    const stranger = await newKey('ES256', known.kid)
    expect(await codeOf(await server.sign(CLAIMS, { key: stranger }))).toContain('its signature is wrong')
  })

  test('signed with the key that it brings along', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwk = await crypto.subtle.exportKey('jwk', publicKey)
    const forged = await new SignJWT({ ...CLAIMS, iss: server.issuer, exp: seconds() + 600 })
      .setProtectedHeader({ alg: 'ES256', jwk: jwk as never, jku: 'https://evil.example/keys', kid: 'mine' })
      .sign(privateKey)
    expect(await codeOf(forged)).toContain('no such key')
  })

  test('with an algorithm that is not taken, though the key is known', async () => {
    server.keys.push(await newKey('RS256'))
    const narrow = tokensWith({ algorithms: ['ES256'] })
    expect(await codeOf(await server.sign(CLAIMS), narrow)).toContain('its algorithm')
  })

  test.each(['', 'a', 'a.b.c', '..', `${'x'.repeat(20_000)}.e30.x`, 'sp_gw_x'])(
    'that is none: %j',
    async (text) => {
      expect(await codeOf(text)).toContain('SP_TOKEN_REFUSED')
    },
  )

  test('with a part that must be understood and is not', async () => {
    const { privateKey, kid } = server.keys[0] as (typeof server.keys)[0]
    const odd = await new SignJWT({ ...CLAIMS, iss: server.issuer, exp: seconds() + 600 })
      .setProtectedHeader({ alg: 'ES256', kid, crit: ['urn:odd'], 'urn:odd': true })
      .sign(privateKey, { crit: { 'urn:odd': true } })
    expect(await codeOf(odd)).toContain('SP_TOKEN_REFUSED')
  })
})

describe('the keys of an issuer', () => {
  test('are fetched once for many tokens', async () => {
    const token = await server.sign(CLAIMS)
    await Promise.all(Array.from({ length: 50 }, () => codeOf(token)))
    expect(server.state.keysAsked).toBe(1)
  })

  test('get a new one: its first token is good at once', async () => {
    await codeOf(await server.sign(CLAIMS))
    now += MINUTE
    server.keys.push(await newKey())
    expect(await codeOf(await server.sign(CLAIMS))).toBe('code-agent')
    expect(server.state.keysAsked).toBe(2)
  })

  test('are not fetched for every token with an unknown one', async () => {
    await codeOf(await server.sign(CLAIMS))
    now += MINUTE
    for (let call = 0; call < 20; call++)
      expect(await codeOf(await server.sign(CLAIMS, { key: await newKey() }))).toContain('no such key')
    expect(server.state.keysAsked).toBe(2)
  })

  test('lose one: its tokens are not good any more once that was seen', async () => {
    const token = await server.sign(CLAIMS)
    expect(await codeOf(token)).toBe('code-agent')
    server.keys.splice(0, 1, await newKey())
    now += 6 * MINUTE
    await codeOf(token)
    await expect.poll(() => codeOf(token)).toContain('no such key')
  })

  test('are used on while the issuer does not answer, and not for ever', async () => {
    const token = await server.sign(CLAIMS)
    expect(await codeOf(token)).toBe('code-agent')
    server.state.keysFail = (response) => json(response, {}, 503)
    now += 50 * MINUTE
    expect(await codeOf(token)).toBe('code-agent')
    now += 11 * MINUTE
    expect(await codeOf(token)).toContain('SP_ISSUER_UNAVAILABLE')
    server.state.keysFail = undefined
    now += 5000
    expect(await codeOf(token)).toBe('code-agent')
  })

  test.each<[string, unknown]>([
    ['no set', { hello: 'world' }],
    ['not JSON', null],
    ['too many', { keys: Array.from({ length: 101 }, () => ({ kty: 'EC' })) }],
  ])('that are %s are a fault and no refusal', async (_, body) => {
    server.state.keysFail = (response) => {
      if (body === null) response.end('<html>')
      else json(response, body as object)
    }
    expect(await codeOf(await server.sign(CLAIMS))).toContain('SP_ISSUER_UNAVAILABLE')
  })

  test('are not asked for again at once after a fault', async () => {
    server.state.keysFail = (response) => json(response, {}, 500)
    for (let call = 0; call < 10; call++) await codeOf(await server.sign(CLAIMS))
    expect(server.state.keysAsked).toBe(1)
  })

  test('that are secrets are not used, even when the issuer published them', async () => {
    const secret = Buffer.alloc(32, 1)
    const jwk = { kty: 'oct', k: secret.toString('base64url'), kid: 'shared', alg: 'HS256' }
    server.state.keysFail = (response) => json(response, { keys: [jwk] })
    const claims = { ...CLAIMS, iss: server.issuer, exp: seconds() + 600 }
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'shared' }).sign(secret)
    expect(await codeOf(token, tokensWith({ algorithms: ['HS256'] }))).toContain('SP_TOKEN_REFUSED')
  })

  test('may be at an address that is configured', async () => {
    const pinned = tokensWith({
      issuers: [{ issuer: 'https://named.example', keysUrl: `${server.issuer}/keys` }],
    })
    expect(await codeOf(await server.sign({ ...CLAIMS, iss: 'https://named.example' }), pinned)).toBe(
      'code-agent',
    )
  })

  test('are not taken from metadata of another issuer', async () => {
    const other = tokensWith({ issuers: [{ issuer: `${server.issuer}/tenant`, keysUrl: null }] })
    expect(await codeOf(await server.sign({ ...CLAIMS, iss: `${server.issuer}/tenant` }), other)).toContain(
      'SP_ISSUER_UNAVAILABLE',
    )
  })
})

test('a token for more of the proxy than one upstream is recognised as ours, with any signature', async () => {
  const configured = tokensWith({ audiences: ['api://sallyport'] })
  const ours = async (claims: JWTPayload) =>
    configured.isOurs(await server.sign(claims), PROXY, `${PROXY}/mcp/files`)
  expect(await ours({ aud: `${PROXY}/mcp/other` })).toBe(true)
  expect(await ours({ aud: [RESOURCE, 'api://sallyport'] })).toBe(true)
  expect(await ours({ aud: RESOURCE })).toBe(false)
  expect(await ours({ aud: `${PROXY}/mcp/other`, iss: 'https://upstream.example' })).toBe(false)
  expect(configured.isOurs('opaque', PROXY, `${PROXY}/mcp/files`)).toBe(false)
})
