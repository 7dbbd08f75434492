import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { onTestFinished } from 'vitest'

export const CLIENT = { id: 'sallyport', secret: 'made-up-secret-of-the-client' }

type Claims = Readonly<Record<string, unknown>>

/** A real OpenID provider on loopback, at which one account is signed in: whichever the test says. */
export async function startOpenIdProvider() {
  let account = 'nobody'
  const claimsOf = new Map<string, Claims>()
  let provider: Provider | undefined
  const server = createServer(async (request, response) => {
    if (provider === undefined) return void response.writeHead(503).end()
    if (request.url?.startsWith('/login/'))
      return void (await provider.interactionFinished(request, response, { login: { accountId: account } }))
    provider.callback()(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    issuer,
    /** Who is at the browser from now on, and what the provider says of them. */
    is(subject: string, claims: Claims = {}) {
      account = subject
      claimsOf.set(subject, claims)
    },
    /** Sallyport is a client of it, whose browsers come back to this address. */
    trust(redirectUri: string) {
      provider = new Provider(issuer, {
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
  }
}

/** A browser: it keeps cookies by host, and goes where it is sent. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>()
  /** The addresses that it was at, the last first. */
  readonly visited: string[] = []

  /** Follows up to ten redirects, as long as `stop` does not hold. */
  async go(url: string, stop: (url: string) => boolean = () => false): Promise<Response> {
    for (let at = url, left = 10; ; left -= 1) {
      if (left === 0) throw new Error(`too many redirects: ${this.visited.join(' ')}`)
      this.visited.unshift(at)
      const response = await this.fetch(at)
      const location = response.headers.get('location')
      if (location === null || response.status < 300 || response.status > 399) return response
      await response.body?.cancel()
      at = new URL(location, at).href
      if (stop(at)) {
        this.visited.unshift(at)
        return response
      }
    }
  }

  /** One request with the cookies of its host. Ports share cookies, as in browsers. */
  async fetch(
    url: string,
    init: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const { hostname, pathname } = new URL(url)
    const jar = this.#cookies.get(hostname) ?? new Map<string, string>()
    this.#cookies.set(hostname, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      ...init,
      headers: { ...init.headers, ...(cookie === '' ? {} : { cookie }) },
      redirect: 'manual',
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      const ends = attributes.some(
        (one) => /^max-age=0$/i.test(one) || /^expires=Thu, 01 Jan 1970/i.test(one),
      )
      if (ends) jar.delete(name)
      else jar.set(name, value)
      this.lines.push(`${pathname} ${line}`)
    }
    return response
  }

  /** Every cookie that was set, with the path that set it. */
  readonly lines: string[] = []

  cookie(url: string, name: string): string | undefined {
    return this.#cookies.get(new URL(url).hostname)?.get(name)
  }

  setCookie(url: string, name: string, value: string): void {
    const { hostname } = new URL(url)
    this.#cookies.set(hostname, (this.#cookies.get(hostname) ?? new Map()).set(name, value))
  }
}
