import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  makeAuthority,
  type SecuredKafka,
  startFleet,
  startSecuredKafka,
  startSecuredNats,
} from '@sallyport/native'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { heldCalls } from './scenarios/held-calls.ts'
import { govern, openWorld, type World } from './scenarios/world.ts'
import { textOf } from './support/agent.ts'
import { compositionOf } from './support/composition-of-fleet.ts'
import { fleetEngines } from './support/fleet-composition.ts'

const available = fleetEngines.kafka.available && fleetEngines.nats.available

describe.skipIf(!available)('a fleet whose engines know their users', () => {
  let folder: string
  let kafka: SecuredKafka
  let environment: Record<string, string>
  let opened: World
  const world = () => opened

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-secured-fleet-'))
    const authority = await makeAuthority(join(folder, 'authority'))
    kafka = await startSecuredKafka(authority, folder)
    const natsPassword = randomBytes(16).toString('hex')
    const who = `authorization { user: sallyport, password: "${natsPassword}" }`
    const nats = await startSecuredNats(authority, folder, { who })
    const own = await authority.issue('fleet')
    const passwords = { kafka: join(folder, 'kafka-password'), nats: join(folder, 'nats-password') }
    await writeFile(passwords.kafka, kafka.password)
    await writeFile(passwords.nats, natsPassword)
    environment = {
      SALLYPORT_MODE: 'production',
      SALLYPORT_KAFKA_TLS: 'on',
      SALLYPORT_KAFKA_CA: authority.ca,
      SALLYPORT_KAFKA_SASL: 'scram-sha-512',
      SALLYPORT_KAFKA_USERNAME: kafka.user,
      SALLYPORT_KAFKA_PASSWORD_FILE: passwords.kafka,
      SALLYPORT_NATS_TLS: 'on',
      SALLYPORT_NATS_CA: authority.ca,
      SALLYPORT_NATS_USER: 'sallyport',
      SALLYPORT_NATS_PASSWORD_FILE: passwords.nats,
      SALLYPORT_GRPC_CA: authority.ca,
      SALLYPORT_GRPC_CERT: own.cert,
      SALLYPORT_GRPC_KEY: own.key,
    }
    const fleet = await startFleet({ kafkaBrokers: kafka.sasl, natsUrl: nats.url, environment })
    const composition = compositionOf(fleet)
    opened = await openWorld({
      ...composition,
      async stop() {
        await composition.stop()
        await Promise.all([nats.stop(), kafka.stop()])
      },
    })
  })
  afterAll(async () => {
    await opened?.close()
    await rm(folder, { recursive: true, force: true })
  })

  heldCalls(world)

  test('an allowed call passes every proxy', async () => {
    const governed = await govern(world(), world().everything.url, { 'mcp.tools.echo': 'allow' })
    for (const proxy of [0, 1]) {
      const agent = await governed.connect(proxy)
      expect(textOf(await agent.call('echo', { message: 'secured' }))).toContain('secured')
      await agent.close()
    }
  })

  test.each(['decision', 'approvals', 'audit', 'proxy'])(
    '%s with a wrong secret ends with one line that says which part refused it',
    async (service) => {
      const main = join(import.meta.dirname, `../../services/${service}/src/main.ts`)
      const { code, told } = await runToItsEnd(main, {
        ...environment,
        SALLYPORT_KAFKA_BROKERS: kafka.sasl,
        SALLYPORT_NATS_URL: 'nats://127.0.0.1:1',
        SALLYPORT_DECISION_ADDRESSES: '127.0.0.1:1',
        SALLYPORT_APPROVALS_ADDRESSES: '127.0.0.1:1',
        SALLYPORT_SECRET_KEY: randomBytes(32).toString('hex'),
        SALLYPORT_LOG_LEVEL: 'silent',
        SALLYPORT_KAFKA_PASSWORD: 'wrong-secret',
      })
      expect(code).toBe(1)
      expect(told).toMatch(/^sallyport: .*Kafka refused the user or the password.*SALLYPORT_KAFKA_PASSWORD/m)
      expect(told).not.toContain('wrong-secret')
    },
  )

  test('everything says that it is well', async () => {
    await expect
      .poll(async () => (await world().api.client.get<{ status: string }>('/v1/status')).status, {
        timeout: 30_000,
      })
      .toBe('ok')
  })
})

function runToItsEnd(main: string, environment: Readonly<Record<string, string>>) {
  const options = { env: { ...process.env, ...environment }, timeout: 60_000 }
  return new Promise<{ code: unknown; told: string }>((resolve) => {
    execFile(process.execPath, [main], options, (failure, _printed, told) =>
      resolve({ code: failure?.code ?? 0, told }),
    )
  })
}
