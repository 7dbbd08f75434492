import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { keptInMemory } from './provider-storage.ts'

export const CLIENT = { id: 'sallyport', secret: 'made-up-secret-of-the-client' }

const HOUR_S = 3600
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }

type Claims = Readonly<Record<string, unknown>>

export interface OpenIdProvider {
  readonly issuer: string
  /** Who is at the browser from now on, and what the provider says of them. Before the first it asks by a form. */
  is(subject: string, claims?: Claims): void
  /** Nobody in particular is at the browser: the provider asks by a form, and knows these. */
  asks(accounts: Readonly<Record<string, Claims>>): void
  /** Sallyport is a client of it, whose browsers come back to this address. */
  trust(redirectUri: string): void
  stop(): void
}

/** A real OpenID provider on this machine. `host`: what its issuer is called; `localhost` is another site than 127.0.0.1. */
export async function startOpenIdProvider(
  host: '127.0.0.1' | 'localhost' = '127.0.0.1',
): Promise<OpenIdProvider> {
  let account: string | undefined
  const claimsOf = new Map<string, Claims>()
  let provider: Provider | undefined
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    if (provider === undefined) return void response.writeHead(503).end()
    if (!url.pathname.startsWith('/login/')) return void provider.callback()(request, response)
    const chosen = url.searchParams.get('account') ?? account
    if (chosen === undefined) return sendForm(response, [...claimsOf.keys()])
    const result =
      chosen === '' ? { error: 'access_denied' } : { login: { accountId: chosen, remember: false } }
    await provider.interactionFinished(request, response, result)
  })
  server.listen(0, host)
  await once(server, 'listening')
  const issuer = `http://${host}:${(server.address() as AddressInfo).port}`

  return {
    issuer,
    is(subject, claims = {}) {
      account = subject
      claimsOf.set(subject, claims)
    },
    asks(accounts) {
      account = undefined
      for (const [subject, claims] of Object.entries(accounts)) claimsOf.set(subject, claims)
    },
    trust(redirectUri) {
      provider = new Provider(issuer, {
        adapter: keptInMemory(),
        jwks: { keys: [key] },
        clients: [
          {
            client_id: CLIENT.id,
            client_secret: CLIENT.secret,
            redirect_uris: [redirectUri],
            token_endpoint_auth_method: 'client_secret_basic',
          },
        ],
        pkce: { required: () => true },
        conformIdTokenClaims: false,
        claims: {
          openid: ['sub'],
          profile: ['preferred_username', 'name', 'groups', 'roles'],
          email: ['email', 'email_verified'],
        },
        ttl: { Interaction: HOUR_S, Grant: HOUR_S, Session: HOUR_S, AccessToken: HOUR_S, IdToken: HOUR_S },
        cookies: { keys: ['made-up'] },
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_, { uid }) => `/login/${uid}` },
        findAccount: (_, accountId) => ({
          accountId,
          claims: () => ({ ...claimsOf.get(accountId), sub: accountId }),
        }),
        async loadExistingGrant({ oidc }) {
          const { client, session } = oidc
          if (!client || !session?.accountId || !oidc.provider.Grant) return undefined
          const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId })
          grant.addOIDCScope('openid profile email')
          await grant.save()
          return grant
        },
      })
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** The page on which somebody says who they are, or would rather not. */
function sendForm(response: ServerResponse, accounts: readonly string[]): void {
  const buttons = accounts.map((one) => `<button name="account" value="${one}">${one}</button>`)
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end(
    `<!doctype html><title>Who are you?</title><form>${buttons.join('')}<button name="account" value="">Decline</button></form>`,
  )
}
