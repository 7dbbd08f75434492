import type {
  OAuthClientProvider,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client'

const CALLBACK = 'http://localhost:3000/callback'

/** An OAuth client in memory, with a person who consents at once: redirects are followed instead of shown. */
export class Visitor implements OAuthClientProvider {
  readonly redirectUrl = CALLBACK
  readonly clientMetadataUrl = 'https://conformance-test.local/client-metadata.json'
  readonly clientMetadata = { client_name: 'sallyport-conformance-client', redirect_uris: [CALLBACK] }
  readonly #known: StoredOAuthClientInformation | undefined
  readonly #clients = new Map<string, StoredOAuthClientInformation>()
  #tokens: StoredOAuthTokens | undefined
  #verifier = ''
  #callback: URLSearchParams | undefined

  /** With a client that was registered beforehand, or none. */
  constructor(known?: StoredOAuthClientInformation) {
    this.#known = known
  }

  clientInformation(context?: { readonly issuer?: string }): StoredOAuthClientInformation | undefined {
    return this.#known ?? this.#clients.get(context?.issuer ?? '')
  }

  saveClientInformation(
    information: StoredOAuthClientInformation,
    context?: { readonly issuer?: string },
  ): void {
    this.#clients.set(context?.issuer ?? '', information)
  }

  tokens(): StoredOAuthTokens | undefined {
    return this.#tokens
  }

  saveTokens(tokens: StoredOAuthTokens): void {
    this.#tokens = tokens
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier
  }

  codeVerifier(): string {
    return this.#verifier
  }

  async redirectToAuthorization(url: URL): Promise<void> {
    const answer = await fetch(url, { redirect: 'manual' })
    const location = answer.headers.get('location')
    if (location === null)
      throw new Error(`the authorization server answered ${answer.status} without a redirect`)
    this.#callback = new URL(location).searchParams
  }

  /** The redirect of the authorization server, once. */
  takeCallback(): URLSearchParams {
    const callback = this.#callback
    if (callback === undefined) throw new Error('nobody was sent to an authorization server')
    this.#callback = undefined
    return callback
  }
}
