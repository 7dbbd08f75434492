import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Authority,
  makeAuthority,
  ownKafka,
  type SecuredKafka,
  startSecuredKafka,
} from '@sallyport/native'
import type { KafkaSecurity } from '@sallyport/runtime'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { EventLogRefused } from '../errors.ts'
import { kafkaEventLog } from './kafka-event-log.ts'

const kafka = await ownKafka()
const TOPIC = 'secured'

describe.skipIf(!kafka.available)('a Kafka that knows its users', { timeout: 90_000 }, () => {
  let folder: string
  let authority: Authority
  let broker: SecuredKafka
  let ca: Buffer
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-secured-'))
    authority = await makeAuthority(join(folder, 'authority'))
    broker = await startSecuredKafka(authority, folder)
    ca = await readFile(authority.ca)
  })
  afterAll(async () => {
    await broker?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  function open(address: string, security: KafkaSecurity) {
    const log = kafkaEventLog({ brokers: [address], clientId: 'secured', security, deadlineMs: 8000 })
    onTestFinished(() => log.close())
    return log
  }

  /** One record through the log and back; how many it had before does not matter. */
  async function writeAndRead(address: string, security: KafkaSecurity) {
    const log = open(address, security)
    await log.letIn()
    await log.ensureTopics([TOPIC], 1)
    const value = Buffer.from(crypto.randomUUID())
    await log.append(TOPIC, [{ key: 'key', headers: {}, value }])
    const { signal, abort } = abortable()
    for await (const batch of log.read(TOPIC, { from: 'start', signal }))
      if (batch.some((record) => Buffer.from(record.value).equals(value))) abort()
    return 'written and read'
  }

  const refusalOf = (address: string, security: KafkaSecurity) =>
    open(address, security)
      .letIn()
      .then(
        () => 'let in',
        (reason: unknown) => (reason instanceof EventLogRefused ? reason.message : reason),
      )

  async function tokenCommand(printed: string): Promise<string[]> {
    const file = join(folder, `${crypto.randomUUID()}.json`)
    await writeFile(file, printed)
    return ['cat', file]
  }

  test('is spoken to over TLS', async () => {
    expect(await writeAndRead(broker.tls, { tls: { ca } })).toBe('written and read')
  })

  test('knows a client by its certificate', async () => {
    const issued = await authority.issue('client')
    const [cert, key] = [await readFile(issued.cert), await readFile(issued.key)]
    expect(await writeAndRead(broker.mutual, { tls: { ca, cert, key } })).toBe('written and read')
  })

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('knows a user by %s', async (mechanism) => {
    const { user: username, password } = broker
    const sasl = { mechanism, username, password }
    expect(await writeAndRead(broker.sasl, { tls: { ca }, sasl })).toBe('written and read')
  })

  test('knows a user by the token that a command prints, alone or in JSON', async () => {
    const token = broker.tokenFor(broker.user, 300)
    for (const printed of [`${token}\n`, JSON.stringify({ access_token: token, expires_in: 300 })]) {
      const sasl = { mechanism: 'oauthbearer' as const, tokenCommand: await tokenCommand(printed) }
      expect(await writeAndRead(broker.sasl, { tls: { ca }, sasl })).toBe('written and read')
    }
  })

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    'a wrong password by %s is refused at once, by the name of its variable',
    async (mechanism) => {
      const sasl = { mechanism, username: broker.user, password: 'wrong-secret' }
      const refusal = await refusalOf(broker.sasl, { tls: { ca }, sasl })
      expect(refusal).toMatch(/Kafka refused the user or the password.*SALLYPORT_KAFKA_PASSWORD/)
      expect(refusal).not.toContain('wrong-secret')
    },
  )

  test('a token that is refused, and a command that gives none, are told apart', async () => {
    const oauth = async (tokenCommand: string[]) =>
      refusalOf(broker.sasl, { tls: { ca }, sasl: { mechanism: 'oauthbearer', tokenCommand } })
    expect(await oauth(await tokenCommand('bm8.dG9rZW4.eA'))).toMatch(
      /refused the token of SALLYPORT_KAFKA_TOKEN_COMMAND/,
    )
    expect(await oauth(['false'])).toMatch(/SALLYPORT_KAFKA_TOKEN_COMMAND ended with code 1/)
    expect(await oauth(['/no/such/program', 'hunter2'])).toMatch(
      /SALLYPORT_KAFKA_TOKEN_COMMAND cannot be run \(ENOENT\)$/,
    )
    expect(await oauth(await tokenCommand('no token at all'))).toMatch(
      /SALLYPORT_KAFKA_TOKEN_COMMAND prints no token/,
    )
  })

  test('a broker whose certificate another authority signed is not spoken to', async () => {
    const other = await makeAuthority(join(folder, 'other'))
    const refusal = await refusalOf(broker.tls, { tls: { ca: await readFile(other.ca) } })
    expect(refusal).toMatch(/TLS with Kafka failed: its certificate is not signed.*SALLYPORT_KAFKA_CA/)
  })

  test('a client that shows no certificate where one is asked for is told so', async () => {
    expect(await refusalOf(broker.mutual, { tls: { ca } })).toMatch(
      /asks for a certificate|does not accept the certificate/,
    )
  })

  test('a mechanism that the broker does not offer is named', async () => {
    const sasl = { mechanism: 'plain' as const, username: 'a', password: 'b' }
    expect(await refusalOf(broker.tls, { tls: { ca }, sasl })).toMatch(/SALLYPORT_KAFKA_SASL/)
  })

  test('a user who may do nothing is told that it is the access control lists', async () => {
    const sasl = { mechanism: 'plain' as const, username: 'stranger', password: broker.password }
    const log = open(broker.sasl, { tls: { ca }, sasl })
    await expect(log.ensureTopics(['forbidden'], 1)).rejects.toThrow(/does not let its user do this/)
  })
})

function abortable() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
