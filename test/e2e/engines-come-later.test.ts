import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, ownKafka, ownNats, startKafka, startNats } from '@sallyport/native'
import { deriveKey } from '@sallyport/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'

const available = (await ownKafka()).available && (await ownNats()).available
const SERVICES = ['decision', 'approvals', 'audit', 'proxy'] as const
const root = join(import.meta.dirname, '../..')

interface Probe {
  readonly status: string
  readonly parts?: Readonly<Record<string, { readonly status: string; readonly reason?: string }>>
}

describe.skipIf(!available)(
  'a fleet whose processes start before their engines',
  { timeout: 120_000 },
  () => {
    test('say on /healthz and /readyz what they wait for, deny meanwhile, and serve when Kafka and NATS are there', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sallyport-later-'))
      onTestFinished(() => rm(folder, { recursive: true, force: true }))
      const [kafkaPort, natsPort] = [await freePort(), await freePort()]
      const secret = randomBytes(32)
      const healthToken = deriveKey(secret, 'health').toString('base64url')
      const addresses = Object.fromEntries(
        await Promise.all(
          SERVICES.map(async (service) => [service, `127.0.0.1:${await freePort()}`] as const),
        ),
      )
      const [decision, approvals] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`]
      const children = SERVICES.map((service) => {
        const environment = {
          PATH: process.env['PATH'] ?? '',
          KAFKAJS_NO_PARTITIONER_WARNING: '1',
          SALLYPORT_KAFKA_BROKERS: `127.0.0.1:${kafkaPort}`,
          SALLYPORT_NATS_URL: `nats://127.0.0.1:${natsPort}`,
          SALLYPORT_SECRET_KEY: secret.toString('hex'),
          SALLYPORT_GRPC_LISTEN: service === 'decision' ? decision : approvals,
          SALLYPORT_DECISION_ADDRESSES: decision,
          SALLYPORT_APPROVALS_ADDRESSES: approvals,
          SALLYPORT_CLICKHOUSE_DATA: join(folder, 'clickhouse'),
          [service === 'proxy' ? 'SALLYPORT_PROXY_LISTEN' : 'SALLYPORT_API_LISTEN']: addresses[service] ?? '',
        }
        return startMain(service, environment)
      })
      const probe = async (service: string, path: string) => {
        const response = await fetch(`http://${addresses[service]}${path}`, {
          headers: { authorization: `Bearer ${healthToken}` },
        })
        return { code: response.status, body: (await response.json()) as Probe }
      }

      for (const service of SERVICES) {
        await expect
          .poll(() => probe(service, '/readyz').catch(() => 'nobody'), { timeout: 30_000 })
          .toMatchObject({
            code: 503,
          })
        await expect
          .poll(async () => (await probe(service, '/healthz')).body.parts?.['control']?.reason, {
            timeout: 30_000,
          })
          .toMatch(/event log is not available.*ECONNREFUSED/)
      }
      const { body } = await probe('approvals', '/healthz')
      expect(body.parts?.['signals']?.reason).toMatch(/not connected/)
      const call = await fetch(`http://${addresses['proxy']}/mcp/files`, {
        method: 'POST',
        headers: { authorization: 'Bearer sp_gw_nobody', 'content-type': 'application/json' },
        body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
      })
      expect(call.status).toBe(503)
      const asked = await fetch(`http://${addresses['decision']}/v1/gateways`, {
        headers: { authorization: 'Bearer sp_api_nobody' },
      })
      expect(asked.status).toBe(503)

      const kafka = await startKafka({ port: kafkaPort })
      onTestFinished(() => kafka.stop())
      const nats = await startNats({ port: natsPort })
      onTestFinished(() => nats.stop())
      for (const service of SERVICES)
        await expect.poll(() => probe(service, '/readyz'), { timeout: 60_000 }).toMatchObject({ code: 200 })
      expect(children.map(({ exitCode }) => exitCode)).toEqual(SERVICES.map(() => null))
    })

    test('end with 0 when they are told to while they wait', async () => {
      const child = startMain('decision', {
        PATH: process.env['PATH'] ?? '',
        SALLYPORT_KAFKA_BROKERS: `127.0.0.1:${await freePort()}`,
        SALLYPORT_SECRET_KEY: 'a1'.repeat(32),
        SALLYPORT_API_LISTEN: `127.0.0.1:${await freePort()}`,
        SALLYPORT_GRPC_LISTEN: `127.0.0.1:${await freePort()}`,
      })
      let said = ''
      for await (const chunk of child.stderr ?? []) {
        said += String(chunk)
        if (said.includes('waits for the log')) break
      }
      child.kill('SIGTERM')
      expect(await once(child, 'exit')).toEqual([0, null])
    })
  },
)

function startMain(service: string, env: NodeJS.ProcessEnv): ChildProcess {
  const main = join(root, `services/${service}/src/main.ts`)
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  if (service !== 'decision') child.stderr?.resume()
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  })
  return child
}
