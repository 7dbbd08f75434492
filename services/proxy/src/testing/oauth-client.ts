import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'

/**
 * A real client of the SDK that logs in as it is told to: it registers, follows the login, and comes back with a code.
 * Its person always agrees.
 */
export async function connectWithLogin(url: string, headers: Record<string, string> = {}) {
  const login = new Login()
  const transportOf = () =>
    new StreamableHTTPClientTransport(new URL(url), { authProvider: login, requestInit: { headers } })
  const first = transportOf()
  const client = () => new Client({ name: 'test-agent', version: '1.2.3' })
  const stranger = client()
  try {
    await stranger.connect(first as Parameters<Client['connect']>[0])
    return { client: stranger, login, stop: () => stranger.close() }
  } catch (reason) {
    if (login.code === undefined) throw reason
  }
  await first.finishAuth(login.code)
  const known = client()
  await known.connect(transportOf() as Parameters<Client['connect']>[0])
  return { client: known, login, stop: () => known.close() }
}

export class Login implements OAuthClientProvider {
  readonly redirectUrl = 'http://127.0.0.1:1/back'
  readonly clientMetadata = {
    client_name: 'test-agent',
    redirect_uris: [this.redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }
  code: string | undefined
  /** The query that the login page was opened with. */
  asked: URLSearchParams | undefined
  granted: OAuthTokens | undefined
  #client: OAuthClientInformationMixed | undefined
  #verifier = ''

  clientInformation(): OAuthClientInformationMixed | undefined {
    return this.#client
  }

  saveClientInformation(client: OAuthClientInformationMixed): void {
    this.#client = client
  }

  tokens(): OAuthTokens | undefined {
    return this.granted
  }

  saveTokens(tokens: OAuthTokens): void {
    this.granted = tokens
  }

  async redirectToAuthorization(url: URL): Promise<void> {
    this.asked = url.searchParams
    const { headers } = await fetch(url, { redirect: 'manual' })
    this.code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? undefined
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier
  }

  codeVerifier(): string {
    return this.#verifier
  }
}
