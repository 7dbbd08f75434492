import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto'
import type { IssuedCredential } from '@sallyport/control'
import { SignJWT } from 'jose'
import { CredentialMissing } from '../../domain/faults.ts'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ASSERTION_SECONDS = 60

/** How a client says who it is in a request to the token endpoint. */
export interface ClientProof {
  readonly headers: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
}

/** Throws CredentialMissing for a private key that cannot be used. */
export async function proofOfClient(
  { clientAuthentication, clientId, tokenUrl }: IssuedCredential,
  secret: string,
): Promise<ClientProof> {
  switch (clientAuthentication) {
    case 'client_secret_basic':
      return { headers: { authorization: basic(clientId, secret) }, parameters: {} }
    case 'client_secret_post':
      return { headers: {}, parameters: { client_id: clientId, client_secret: secret } }
    case 'none':
      return { headers: {}, parameters: { client_id: clientId } }
    case 'private_key_jwt': {
      const assertion = await signedAssertion(clientId, tokenUrl, secret)
      const parameters = { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion }
      return { headers: {}, parameters: { client_id: clientId, ...parameters } }
    }
  }
}

/** RFC 6749, 2.3.1: both are form-encoded before they are joined. */
function basic(clientId: string, secret: string): string {
  const encoded = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)
  return `Basic ${Buffer.from(`${encoded(clientId)}:${encoded(secret)}`).toString('base64')}`
}

/** RFC 7523, 2.2 and 3. */
function signedAssertion(clientId: string, audience: string, pem: string): Promise<string> {
  const key = privateKey(pem)
  return new SignJWT()
    .setProtectedHeader({ alg: algorithmOf(key), typ: 'JWT' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${ASSERTION_SECONDS}s`)
    .sign(key)
}

function privateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    // The cause of OpenSSL could tell of the key.
    throw new CredentialMissing('the secret of the client is not a private key in PEM')
  }
}

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  switch (asymmetricKeyType) {
    case 'rsa':
      return 'RS256'
    case 'ed25519':
      return 'EdDSA'
    case 'ec': {
      const algorithm = CURVES[asymmetricKeyDetails?.namedCurve ?? '']
      if (algorithm !== undefined) return algorithm
    }
  }
  throw new CredentialMissing('the private key of the client is of a kind that tokens are not signed with')
}
