import { type NatsSecurity, type NatsUser, type TlsMaterial, textsOf, tlsRefusal } from '@sallyport/runtime'
import { type ConnectionOptions, credsAuthenticator, nkeyAuthenticator, type TlsOptions } from 'nats'

type Secured = Pick<ConnectionOptions, 'tls' | 'user' | 'pass' | 'token' | 'authenticator'>

/** What the client is told of TLS and the user. With `tls` it never speaks plain text, whatever a server offers. */
export function securityOptions({ tls, user }: NatsSecurity): Secured {
  return {
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
    ...(user === undefined ? {} : userOptions(user)),
  }
}

function tlsOptions({ ca, cert, key }: TlsMaterial): TlsOptions {
  return {
    ...(ca === undefined ? {} : { ca: ca.toString() }),
    ...(cert === undefined || key === undefined ? {} : { cert: cert.toString(), key: key.toString() }),
  }
}

function userOptions(user: NatsUser): Secured {
  switch (user.kind) {
    case 'password':
      return { user: user.user, pass: user.password }
    case 'token':
      return { token: user.token }
    case 'nkey':
      return { authenticator: nkeyAuthenticator(new TextEncoder().encode(user.seed)) }
    case 'credentials':
      return { authenticator: credsAuthenticator(new TextEncoder().encode(user.text)) }
  }
}

const VARIABLES: Readonly<Record<NatsUser['kind'], string>> = {
  password: 'the user or the password (SALLYPORT_NATS_USER, SALLYPORT_NATS_PASSWORD)',
  token: 'the token (SALLYPORT_NATS_TOKEN)',
  nkey: 'the nkey (SALLYPORT_NATS_NKEY)',
  credentials: 'the credentials (SALLYPORT_NATS_CREDS)',
}

/** Why NATS does not let us in, naming the part that is refused; undefined for failures that may pass. */
export function natsRefusal(thrown: unknown, { tls, user }: NatsSecurity = {}): string | undefined {
  const failed = tlsRefusal(thrown)
  if (failed !== undefined) return `TLS with NATS failed: ${failed} (SALLYPORT_NATS_CA, SALLYPORT_NATS_CERT)`
  const texts = [...textsOf(thrown)]
  const says = (sign: RegExp) => texts.some((text) => sign.test(text))
  if (tls !== undefined && says(/SERVER_OPT_NA/)) return 'NATS offers no TLS (SALLYPORT_NATS_TLS)'
  // A server that verifies clients closes after the handshake, and the client hears nothing of it.
  if (tls !== undefined && tls.cert === undefined && says(/^TIMEOUT$/))
    return 'NATS does not answer over TLS: it may ask for a certificate (SALLYPORT_NATS_CERT)'
  if (!says(/AUTHORIZATION_VIOLATION|AUTHENTICATION_|BAD_AUTHENTICATION|ACCOUNT_EXPIRED|BAD_CREDS/))
    return undefined
  return user === undefined
    ? 'NATS wants to know which user this is (SALLYPORT_NATS_USER, SALLYPORT_NATS_CREDS)'
    : `NATS refused ${VARIABLES[user.kind]}`
}
