import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { type Authority, makeAuthority, oldClickHouse, startSecuredClickHouse } from '@sallyport/native'
import type { ClickHouseServer } from '@sallyport/runtime'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { serverClickHouse } from './server-click-house.ts'

/** An https address with user and password of a real server, where one is given. */
const real = process.env['TEST_CLICKHOUSE_URL']

describe.skipIf(!real?.startsWith('https:'))('a ClickHouse server that is given, over TLS', () => {
  test('knows its user, and says that it is the password where it is wrong', async () => {
    const url = new URL(real ?? '')
    expect(await healthOf({ url: url.href })).toMatchObject({ status: 'ok' })
    url.password = 'wrong-secret'
    expect(await healthOf({ url: url.href })).toMatchObject({ reason: expect.stringMatching(/PASSWORD/) })
  })
})

const old = await oldClickHouse().catch(() => undefined)

describe.skipIf(old === undefined)("Debian's ClickHouse server, over TLS", { timeout: 90_000 }, () => {
  test('is asked by its user, and health says which of TLS, user and password is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-clickhouse-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const authority = await makeAuthority(join(folder, 'authority'))
    const secured = await startSecuredClickHouse(authority, folder, {
      name: 'auditor',
      password: 'pä ss:word',
    })
    onTestFinished(() => secured.stop())
    const ca = await readFile(authority.ca)
    const server = { url: secured.url, user: 'auditor', password: 'pä ss:word', tls: { ca } }
    expect(await healthOf(server)).toEqual({ status: 'ok' })
    const engine = serverClickHouse(server)
    onTestFinished(() => engine.stop())
    const answer = await engine.client.query({
      query: 'SELECT currentDatabase() AS name',
      format: 'JSONEachRow',
    })
    expect(await answer.json()).toEqual([{ name: 'default' }])

    const refused = async (change: Partial<ClickHouseServer>) =>
      (await healthOf({ ...server, ...change })).reason
    // Its words are older than the numbers by which later servers say this.
    const wrong = await refused({ password: 'wrong-secret' })
    expect(wrong).toMatch(/Wrong password for user auditor/)
    expect(wrong).not.toContain('wrong-secret')
    expect(await refused({ user: 'nobody' })).toMatch(/Unknown user nobody/)
    const other = await makeAuthority(join(folder, 'other'))
    expect(await refused({ tls: { ca: await readFile(other.ca) } })).toMatch(
      /its certificate is not signed.*SALLYPORT_CLICKHOUSE_CA/,
    )
  })
})

describe('what stands in for a ClickHouse server with TLS', () => {
  let folder: string
  let authority: Authority
  let ca: Buffer
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-clickhouse-'))
    authority = await makeAuthority(join(folder, 'authority'))
    ca = await readFile(authority.ca)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function standIn(options: object, listener: RequestListener): Promise<string> {
    const { cert, key } = await authority.issue('clickhouse')
    const server = createServer(
      { ca, cert: await readFile(cert), key: await readFile(key), ...options },
      listener,
    ).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  }

  test('is told user and password, over TLS that its authority vouches for', async () => {
    const seen: string[] = []
    const url = await standIn({}, (request, response) => {
      seen.push(userOf(request))
      response.end('1\n')
    })
    const server = { url, user: 'auditor', password: 'pässword' }
    expect(await healthOf({ ...server, tls: { ca } })).toEqual({ status: 'ok' })
    expect(seen).toEqual(['auditor:pässword'])
    expect(await healthOf(server)).toMatchObject({
      status: 'down',
      reason: expect.stringMatching(/its certificate is not signed.*SALLYPORT_CLICKHOUSE_CA/),
    })
    expect(seen).toHaveLength(1)
  })

  test('refuses a wrong password, and health names its variable and not the password', async () => {
    const url = await standIn({}, (_request, response) => {
      response.writeHead(516, { 'x-clickhouse-exception-code': '516' })
      response.end('Code: 516. DB::Exception: auditor: Authentication failed. (AUTHENTICATION_FAILED)')
    })
    const { status, reason } = await healthOf({ url, user: 'auditor', password: 'wrong-secret', tls: { ca } })
    expect(status).toBe('down')
    expect(reason).toMatch(/refused the user or the password.*SALLYPORT_CLICKHOUSE_PASSWORD/)
    expect(reason).not.toContain('wrong-secret')
  })

  test('knows a user by a certificate', async () => {
    const seen: string[] = []
    const url = await standIn({ requestCert: true, rejectUnauthorized: true }, (request, response) => {
      seen.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN))
      response.end('1\n')
    })
    const issued = await authority.issue('auditor')
    const [cert, key] = [await readFile(issued.cert), await readFile(issued.key)]
    expect(await healthOf({ url, user: 'auditor', tls: { ca, cert, key } })).toEqual({ status: 'ok' })
    expect(seen).toEqual(['auditor'])
    expect(await healthOf({ url, user: 'auditor', tls: { ca } })).toMatchObject({
      reason: expect.stringMatching(/it asks for a certificate.*SALLYPORT_CLICKHOUSE_CERT/),
    })
  })
})

async function healthOf(server: ClickHouseServer) {
  const engine = serverClickHouse(server)
  const health = await engine.health()
  await engine.stop()
  return health
}

function userOf({ headers }: IncomingMessage): string {
  const basic = /^Basic (.*)$/.exec(headers.authorization ?? '')?.[1]
  if (basic !== undefined) return Buffer.from(basic, 'base64').toString()
  const bytes = (name: string) => Buffer.from(String(headers[name] ?? ''), 'latin1').toString()
  return `${bytes('x-clickhouse-user')}:${bytes('x-clickhouse-key')}`
}
