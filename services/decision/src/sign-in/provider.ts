import { isPlainElsewhere, messageOf } from '@sallyport/runtime'
import * as client from 'openid-client'
import type { SignInConfig } from './config.ts'
import { ProviderUnavailable, SignInFailed } from './errors.ts'
import type { Attempt } from './sealed-attempt.ts'

/** Who the provider says that somebody is. */
export interface SignedIn {
  readonly issuer: string
  readonly subject: string
  readonly claims: Readonly<Record<string, unknown>>
}

export interface Provider {
  /** Where a browser is sent to, and what it keeps until it comes back. `login`: also whoever has signed in there is asked. */
  begin(
    callback: string,
    prompt?: 'login',
  ): Promise<{ readonly url: string } & Pick<Attempt, 'state' | 'nonce' | 'verifier'>>
  /** `url`: as the browser came back, whole. Throws SignInFailed and ProviderUnavailable. */
  finish(url: URL, attempt: Attempt): Promise<SignedIn>
}

const TIMEOUT_S = 10

/** An OpenID provider, looked up when somebody first signs in. */
export function openIdProvider(config: SignInConfig, issuer: string): Provider {
  let known: Promise<client.Configuration> | undefined
  const configuration = () => {
    known ??= discovered(config, issuer).catch((cause: unknown) => {
      known = undefined
      throw new ProviderUnavailable({ cause })
    })
    return known
  }
  return {
    async begin(callback, prompt) {
      const [state, nonce, verifier] = [
        client.randomState(),
        client.randomNonce(),
        client.randomPKCECodeVerifier(),
      ]
      const url = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: callback,
        scope: config.scopes.join(' '),
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(prompt === undefined ? {} : { prompt }),
      })
      return { url: url.href, state, nonce, verifier }
    },
    async finish(url, { state, nonce, verifier }) {
      const checks = {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      }
      const tokens = await client
        .authorizationCodeGrant(await configuration(), url, checks)
        .catch((cause: unknown) => {
          throw faultOf(cause)
        })
      const claims = tokens.claims()
      if (claims === undefined) throw new SignInFailed('not_proven')
      return { issuer: claims.iss, subject: claims.sub, claims }
    },
  }
}

function discovered({ clientId, clientSecret }: SignInConfig, issuer: string): Promise<client.Configuration> {
  const authentication = clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret)
  const isLocal = issuer.startsWith('http:') && !isPlainElsewhere(issuer)
  return client.discovery(new URL(issuer), clientId, {}, authentication, {
    timeout: TIMEOUT_S,
    ...(isLocal ? { execute: [client.allowInsecureRequests] } : {}),
  })
}

/** For the person a kind of fault; for the log what the provider said, in the words of RFC 6749, section 4.1.2.1 and 5.2. */
function faultOf(thrown: unknown): SignInFailed | ProviderUnavailable {
  const { error } = thrown as { readonly error?: unknown }
  const word = typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? `: ${error}` : ''
  const cause = new Error(`${messageOf(thrown)}${word}`, { cause: thrown })
  if (thrown instanceof client.AuthorizationResponseError) return new SignInFailed('declined', { cause })
  if (isSilence(thrown)) return new ProviderUnavailable({ cause })
  return new SignInFailed('not_proven', { cause })
}

/** No connection, or no answer in time. */
function isSilence(thrown: unknown): boolean {
  if (thrown instanceof TypeError) return thrown.message === 'fetch failed'
  return thrown instanceof client.ClientError && thrown.code === 'OAUTH_TIMEOUT'
}
