import type { IssuedCredential } from '@sallyport/control'
import { messageOf } from '@sallyport/runtime'
import { CredentialRefused, CredentialUnavailable } from '../../domain/faults.ts'
import { askJson, type JsonAnswer } from '../ask-json.ts'
import { proofOfClient } from './client-authentication.ts'

/** The answer of a token endpoint. */
export interface IssuedToken {
  readonly accessToken: string
  /** How long it holds from when it was asked for. */
  readonly seconds: number
  /** The next one, where the server gave one. */
  readonly refreshToken: string | null
}

export type Grant =
  | { readonly grant_type: 'client_credentials' }
  | { readonly grant_type: 'refresh_token'; readonly refresh_token: string }

/** Where the server does not say (RFC 6749, 5.1, recommends that it does). */
const UNTOLD_SECONDS = 300
const USABLE = /^[\x21-\x7e]{1,16384}$/
/** Codes of RFC 6749, 5.2, and RFC 8707; any other text is not repeated, because it could be anything. */
const CODES = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
])

/** Asks a token endpoint (RFC 6749, 4.4 and 6). Throws CredentialMissing, CredentialUnavailable, CredentialRefused. */
export async function askToken(
  credential: IssuedCredential,
  grant: Grant,
  secret: string,
): Promise<IssuedToken> {
  const { headers, parameters } = await proofOfClient(credential, secret)
  const form = new URLSearchParams({ ...grant, ...parameters })
  if (credential.scope !== null) form.set('scope', credential.scope)
  if (credential.resource !== null) form.set('resource', credential.resource)
  const body = form.toString()
  return tokenOf(
    await askJson(credential.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    }).catch((cause: unknown) => {
      throw new CredentialUnavailable(messageOf(cause), { cause })
    }),
  )
}

function tokenOf({ status, body }: JsonAnswer): IssuedToken {
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    const code = typeof body?.['error'] === 'string' && CODES.has(body['error']) ? body['error'] : undefined
    throw new CredentialRefused(code ?? `it answers with status ${status}`)
  }
  if (status !== 200 || body === null)
    throw new CredentialUnavailable(`the token endpoint answers with status ${status}`)
  const { access_token: token, token_type: type, expires_in: expires, refresh_token: refresh } = body
  if (typeof token !== 'string' || !USABLE.test(token))
    throw new CredentialUnavailable('the token endpoint gives no token that a header can carry')
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer')
    throw new CredentialUnavailable('the token endpoint gives a token that is not a bearer token')
  const seconds = expires === undefined || expires === null ? UNTOLD_SECONDS : Number(expires)
  return {
    accessToken: token,
    seconds: Number.isFinite(seconds) && seconds > 0 ? seconds : 0,
    refreshToken: typeof refresh === 'string' && USABLE.test(refresh) ? refresh : null,
  }
}
