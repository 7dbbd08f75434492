import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { close, listen, text } from './mcp-upstream.ts'

export interface SigningKey {
  readonly kid: string
  readonly algorithm: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

export interface TokenRequest {
  readonly headers: IncomingMessage['headers']
  readonly form: URLSearchParams
}

export async function newKey(algorithm = 'ES256', kid: string = randomUUID()): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  return { kid, algorithm, privateKey, publicKey }
}

/**
 * A small authorization server: metadata, keys, dynamic registration, authorization code with PKCE (it asks nobody),
 * client credentials, refresh tokens that change. Access tokens are signed and for the resource that was asked for.
 */
export async function startAuthorizationServer() {
  const keys: SigningKey[] = [await newKey()]
  const codes = new Map<
    string,
    { readonly challenge: string; readonly resource: string; readonly client: string }
  >()
  const state = {
    /** The form of each token request. */
    asked: [] as TokenRequest[],
    /** How often the keys were fetched. */
    keysAsked: 0,
    /** The registered clients. */
    clients: [] as string[],
    /** The refresh token that is good now. */
    refreshToken: 'refresh-0',
    rotates: true,
    seconds: 3600,
    /** The keys' and the token endpoint's answers instead of the right ones. */
    keysFail: undefined as ((response: ServerResponse) => void) | undefined,
    tokenFails: undefined as ((response: ServerResponse) => void) | undefined,
    /** Claims of every token, over the usual ones. */
    claims: {} as JWTPayload,
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', issuer())
    const body = await text(request)
    switch (url.pathname) {
      case '/.well-known/oauth-authorization-server':
        return json(response, metadata(issuer()))
      case '/keys':
        state.keysAsked += 1
        if (state.keysFail) return state.keysFail(response)
        return json(response, await keySet(keys))
      case '/register': {
        const client = `client-${state.clients.length + 1}`
        state.clients.push(client)
        return json(response, { ...JSON.parse(body), client_id: client }, 201)
      }
      case '/authorize':
        return authorize(url, response)
      case '/token':
        return answerToken(request, body, response)
    }
    json(response, { error: 'not_found' }, 404)
  })
  const port = await listen(server)
  const issuer = () => `http://127.0.0.1:${port}`

  function authorize({ searchParams }: URL, response: ServerResponse): void {
    const code = randomUUID()
    const said = (name: string) => searchParams.get(name) ?? ''
    codes.set(code, {
      challenge: said('code_challenge'),
      resource: said('resource'),
      client: said('client_id'),
    })
    const back = new URL(said('redirect_uri'))
    back.searchParams.set('code', code)
    back.searchParams.set('state', said('state'))
    back.searchParams.set('iss', issuer())
    response.writeHead(302, { location: back.href }).end()
  }

  async function answerToken(
    request: IncomingMessage,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    const form = new URLSearchParams(body)
    state.asked.push({ headers: request.headers, form })
    if (state.tokenFails) return state.tokenFails(response)
    switch (form.get('grant_type')) {
      case 'authorization_code': {
        const code = codes.get(form.get('code') ?? '')
        const verifier = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url')
        if (code?.challenge !== verifier) return json(response, { error: 'invalid_grant' }, 400)
        return give(response, { aud: code.resource, client_id: code.client })
      }
      case 'client_credentials':
        return give(response, { aud: form.get('resource') ?? 'anything', client_id: 'machine' })
      case 'refresh_token': {
        if (form.get('refresh_token') !== state.refreshToken)
          return json(response, { error: 'invalid_grant' }, 400)
        if (state.rotates) state.refreshToken = `refresh-${randomUUID()}`
        return give(response, { aud: 'anything' }, { refresh_token: state.refreshToken })
      }
    }
    json(response, { error: 'unsupported_grant_type' }, 400)
  }

  async function give(response: ServerResponse, claims: JWTPayload, more: object = {}): Promise<void> {
    const token = await sign(claims)
    json(response, { access_token: token, token_type: 'Bearer', expires_in: state.seconds, ...more })
  }

  /** An access token as this server signs them; `with` another key or header it is as an attacker would. */
  async function sign(claims: JWTPayload, by: { key?: SigningKey; header?: object } = {}): Promise<string> {
    const key = by.key ?? keys.at(-1)
    if (key === undefined) throw new Error('there is no key')
    const now = Math.floor(Date.now() / 1000)
    const usual = { iss: issuer(), iat: now, exp: now + 600, jti: randomUUID(), sub: 'somebody' }
    return new SignJWT({ ...usual, ...claims, ...state.claims })
      .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: 'at+jwt', ...by.header })
      .sign(key.privateKey)
  }

  return { state, keys, sign, issuer: issuer(), tokenUrl: `${issuer()}/token`, stop: () => close(server) }
}

export type AuthorizationServer = Awaited<ReturnType<typeof startAuthorizationServer>>

export function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function keySet(keys: readonly SigningKey[]): Promise<object> {
  const all = keys.map(async ({ publicKey, kid, algorithm }) => ({
    ...(await exportJWK(publicKey)),
    kid,
    alg: algorithm,
    use: 'sig',
  }))
  return { keys: await Promise.all(all) }
}

function metadata(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    authorization_response_iss_parameter_supported: true,
  }
}
