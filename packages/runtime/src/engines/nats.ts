import type { ConfigOf, ConfigSpec, Variable } from '../config.ts'
import { list, oneOf, optionalText } from '../variables.ts'
import { certificateFile, pairFaults, pairOf, privateKeyFile, type TlsMaterial } from './pem.ts'

/** How processes that send or await wake-ups reach NATS. */
export const natsSpec = {
  nats: {
    servers: list(
      'SALLYPORT_NATS_URL',
      'The NATS servers of the wake-ups, nats://host:port, comma-separated',
    ),
    tls: oneOf('SALLYPORT_NATS_TLS', 'Whether NATS is spoken to over TLS', ['on', 'off'], {
      fallback: 'off',
    }),
    ca: certificateFile(
      'SALLYPORT_NATS_CA',
      "PEM file of the authority that signs the servers' certificates; none: the system's authorities",
    ),
    certificate: certificateFile(
      'SALLYPORT_NATS_CERT',
      'PEM file of the certificate that servers are shown, where they ask for one',
    ),
    privateKey: privateKeyFile('SALLYPORT_NATS_KEY', 'PEM file of the private key of that certificate'),
    user: optionalText('SALLYPORT_NATS_USER', 'The user of a password'),
    password: optionalText('SALLYPORT_NATS_PASSWORD', 'The password of that user', { secret: true }),
    token: optionalText('SALLYPORT_NATS_TOKEN', 'The token of servers that want one', { secret: true }),
    nkey: secretLike(
      'SALLYPORT_NATS_NKEY',
      'The seed (SU…) of an nkey user',
      /^SU[A-Z2-7]{56}$/,
      'must be the seed of an nkey user, which begins with SU',
    ),
    credentials: secretLike(
      'SALLYPORT_NATS_CREDS',
      'The credentials of a JWT user: what a .creds file holds',
      /BEGIN NATS USER JWT-[\s\S]*BEGIN USER NKEY SEED-/,
      'must be what a .creds file holds: a user JWT and an nkey seed',
    ),
  },
} as const satisfies ConfigSpec

function secretLike(name: string, describe: string, form: RegExp, expected: string): Variable<string | null> {
  return {
    ...optionalText(name, describe, { secret: true }),
    parse(text) {
      if (text !== '' && !form.test(text)) throw new Error(expected)
      return text || null
    },
  }
}

export type NatsSettings = ConfigOf<typeof natsSpec>['nats']

/** The one thing that tells a server which user this is. */
export type NatsUser =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'nkey'; readonly seed: string }
  | { readonly kind: 'credentials'; readonly text: string }

/** What secures the connections to NATS; both absent: plain text from nobody. */
export interface NatsSecurity {
  readonly tls?: TlsMaterial
  readonly user?: NatsUser
}

export function natsSecurity(settings: NatsSettings): NatsSecurity {
  const { tls, ca, certificate, privateKey } = settings
  const [user] = usersOf(settings)
  const material = { ...(ca === null ? {} : { ca }), ...pairOf(certificate, privateKey) }
  return { ...(tls === 'on' ? { tls: material } : {}), ...(user === undefined ? {} : { user }) }
}

/** Whether a secret goes to the server as it is: keys only sign what the server sends. */
export function natsSendsSecret({ password, token }: NatsSettings): boolean {
  return (password ?? token) !== null
}

export function natsFaults(settings: NatsSettings): string[] {
  const { servers, tls, ca, certificate, privateKey, user, password } = settings
  const faults = pairFaults(['SALLYPORT_NATS_CERT', certificate], ['SALLYPORT_NATS_KEY', privateKey])
  if (servers.some((server) => server.includes('@')))
    faults.push('SALLYPORT_NATS_URL must not carry a user or a password; SALLYPORT_NATS_USER is for that')
  if (tls === 'off' && (ca ?? certificate) !== null)
    faults.push('SALLYPORT_NATS_TLS must be on where SALLYPORT_NATS_CA or SALLYPORT_NATS_CERT is set')
  if (tls === 'off' && servers.some((server) => server.startsWith('tls://')))
    faults.push('SALLYPORT_NATS_TLS must be on where SALLYPORT_NATS_URL has tls://')
  if (user !== null && password === null)
    faults.push('SALLYPORT_NATS_PASSWORD is required with SALLYPORT_NATS_USER')
  if (user === null && password !== null)
    faults.push('SALLYPORT_NATS_USER is required with SALLYPORT_NATS_PASSWORD')
  if (usersOf(settings).length > 1)
    faults.push(
      'SALLYPORT_NATS_USER, SALLYPORT_NATS_TOKEN, SALLYPORT_NATS_NKEY and SALLYPORT_NATS_CREDS exclude each other',
    )
  return faults
}

function usersOf({ user, password, token, nkey, credentials }: NatsSettings): NatsUser[] {
  const users: NatsUser[] = []
  if (user !== null && password !== null) users.push({ kind: 'password', user, password })
  if (token !== null) users.push({ kind: 'token', token })
  if (nkey !== null) users.push({ kind: 'nkey', seed: nkey })
  if (credentials !== null) users.push({ kind: 'credentials', text: credentials })
  return users
}
