import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Authority, makeAuthority, ownNats, startSecuredNats } from '@sallyport/native'
import type { NatsSecurity } from '@sallyport/runtime'
import { nkeys } from 'nats'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { natsSignals } from './nats.ts'

interface KeyPair {
  getPublicKey(): string
  getSeed(): Uint8Array
  sign(text: Uint8Array): Uint8Array
}

/** The client has no types for them. */
const {
  createAccount,
  createOperator,
  createUser,
}: Record<'createAccount' | 'createOperator' | 'createUser', () => KeyPair> = nkeys

const nats = await ownNats()

describe.skipIf(!nats.available)('a NATS that knows its users', { timeout: 60_000 }, () => {
  let folder: string
  let authority: Authority
  let ca: Buffer
  const password = randomBytes(16).toString('hex')
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-secured-'))
    authority = await makeAuthority(join(folder, 'authority'))
    ca = await readFile(authority.ca)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function server(who: string, mutual = false) {
    const started = await startSecuredNats(authority, folder, { who, mutual })
    onTestFinished(() => started.stop())
    return started.url
  }

  function open(servers: string, security: NatsSecurity) {
    const signals = natsSignals({ servers, security })
    onTestFinished(() => signals.close())
    return signals
  }

  async function sentAndHeard(servers: string, security: NatsSecurity) {
    const signals = open(servers, security)
    const heard = Promise.withResolvers<string>()
    await signals.subscribe('secured.*', ({ subject }) => heard.resolve(subject)).ready
    expect(signals.fault()).toBeUndefined()
    signals.send('secured.one')
    return heard.promise
  }

  async function refusal(servers: string, security: NatsSecurity) {
    const signals = open(servers, security)
    await expect.poll(() => signals.fault(), { timeout: 20_000 }).toMatch(/^not connected: .*NATS/)
    return signals.fault()
  }

  test('knows a user by a password, and says that it is the password where it is wrong', async () => {
    const url = await server(`authorization { user: sallyport, password: "${password}" }`)
    const user = { kind: 'password' as const, user: 'sallyport', password }
    expect(await sentAndHeard(url, { tls: { ca }, user })).toBe('secured.one')
    const wrong = await refusal(url, { tls: { ca }, user: { ...user, password: 'wrong-secret' } })
    expect(wrong).toMatch(/refused the user or the password.*SALLYPORT_NATS_PASSWORD/)
    expect(wrong).not.toContain('wrong-secret')
    expect(await refusal(url, { tls: { ca } })).toMatch(/wants to know which user this is/)
  })

  test('knows a user by a token', async () => {
    const url = await server(`authorization { token: "${password}" }`)
    expect(await sentAndHeard(url, { tls: { ca }, user: { kind: 'token', token: password } })).toBe(
      'secured.one',
    )
    expect(await refusal(url, { tls: { ca }, user: { kind: 'token', token: 'x' } })).toMatch(
      /SALLYPORT_NATS_TOKEN/,
    )
  })

  test('knows a user by an nkey', async () => {
    const [known, other] = [createUser(), createUser()]
    const url = await server(`authorization { users: [{ nkey: ${known.getPublicKey()} }] }`)
    const by = (keys: KeyPair) => ({ kind: 'nkey' as const, seed: textOf(keys.getSeed()) })
    expect(await sentAndHeard(url, { tls: { ca }, user: by(known) })).toBe('secured.one')
    expect(await refusal(url, { tls: { ca }, user: by(other) })).toMatch(/SALLYPORT_NATS_NKEY/)
  })

  test('knows a user by the credentials of a JWT', async () => {
    const [operator, account, user] = [createOperator(), createAccount(), createUser()]
    const operatorJwt = jwt(operator, operator, 'operator', {})
    const accountJwt = jwt(operator, account, 'account', { limits: NO_LIMITS, default_permissions: {} })
    const url = await server(
      `operator: ${operatorJwt}\nresolver: MEMORY\nresolver_preload: { ${account.getPublicKey()}: ${accountJwt} }`,
    )
    const of = (signer: KeyPair) => ({
      kind: 'credentials' as const,
      text: credentials(jwt(signer, user, 'user', { subs: -1, data: -1, payload: -1 }), user),
    })
    expect(await sentAndHeard(url, { tls: { ca }, user: of(account) })).toBe('secured.one')
    expect(await refusal(url, { tls: { ca }, user: of(createAccount()) })).toMatch(/SALLYPORT_NATS_CREDS/)
  })

  test('knows a client by its certificate, and is not spoken to by one that shows none', async () => {
    const url = await server('', true)
    const issued = await authority.issue('client')
    const [cert, key] = [await readFile(issued.cert), await readFile(issued.key)]
    expect(await sentAndHeard(url, { tls: { ca, cert, key } })).toBe('secured.one')
    expect(await refusal(url, { tls: { ca } })).toMatch(/may ask for a certificate \(SALLYPORT_NATS_CERT\)/)
  })

  test('a server whose certificate another authority signed is not told the password', async () => {
    const url = await server(`authorization { user: sallyport, password: "${password}" }`)
    const other = await makeAuthority(join(folder, 'other'))
    const user = { kind: 'password' as const, user: 'sallyport', password }
    const security = { tls: { ca: await readFile(other.ca) }, user }
    expect(await refusal(url, security)).toMatch(
      /TLS with NATS failed: its certificate is not signed.*SALLYPORT_NATS_CA/,
    )
  })

  test('a server that offers no TLS is not told the password', async () => {
    const plain = await nats.start()
    onTestFinished(() => plain.stop())
    const user = { kind: 'password' as const, user: 'sallyport', password }
    expect(await refusal(plain.url, { tls: { ca }, user })).toMatch(/NATS offers no TLS/)
  })
})

const NO_LIMITS = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** As NATS writes them: Ed25519 by an nkey, the claims under `nats`. */
function jwt(signer: KeyPair, subject: KeyPair, type: string, claims: object): string {
  const iat = Math.floor(Date.now() / 1000)
  const body = {
    jti: randomBytes(16).toString('hex'),
    iat,
    iss: signer.getPublicKey(),
    name: type,
    sub: subject.getPublicKey(),
    nats: { ...claims, type, version: 2 },
  }
  const text = [{ typ: 'JWT', alg: 'ed25519-nkey' }, body]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${text}.${Buffer.from(signer.sign(Buffer.from(text))).toString('base64url')}`
}

function credentials(userJwt: string, user: KeyPair): string {
  return [
    '-----BEGIN NATS USER JWT-----',
    userJwt,
    '------END NATS USER JWT------',
    '',
    '-----BEGIN USER NKEY SEED-----',
    textOf(user.getSeed()),
    '------END USER NKEY SEED------',
    '',
  ].join('\n')
}
