import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { findOffer } from './engine-offer.ts'
import { deskVariable, ownKafka } from './tier.ts'

let bare: string
beforeEach(async () => {
  bare = await mkdtemp(join(tmpdir(), 'sallyport-test-'))
  vi.stubEnv('PATH', bare)
  vi.stubEnv('JAVA_HOME', undefined)
  vi.stubEnv('SALLYPORT_ENGINES', bare)
  vi.stubEnv('REQUIRE_ENGINES', undefined)
  vi.stubEnv(deskVariable, undefined)
  vi.spyOn(console, 'log').mockReturnValue()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await rm(bare, { recursive: true })
})

it('an address that was given comes before anything on this machine', async () => {
  const offer = await findOffer('kafka', { TEST_KAFKA_URL: '127.0.0.1:9092,127.0.0.1:9093' })
  expect(offer).toMatchObject({ available: true, tier: 'url', label: 'TEST_KAFKA_URL' })
  expect((await offer.start()).url).toBe('127.0.0.1:9092,127.0.0.1:9093')
})

it('an engine this machine lacks is skipped with its reason, and cannot be started', async () => {
  const offer = await ownKafka()
  expect(offer).toMatchObject({ available: false, tier: 'none' })
  expect(offer.label).toMatch(/^skipped: kafka: there is no 'java' on the PATH; install Java/)
  await expect(offer.start()).rejects.toThrow("there is no 'java'")
  expect(console.log).toHaveBeenCalledWith(`engine kafka: ${offer.label}`)
})

it('a skip fails where REQUIRE_ENGINES names the engine', async () => {
  vi.stubEnv('REQUIRE_ENGINES', 'nats,kafka')
  await expect(ownKafka()).rejects.toThrow(
    /^REQUIRE_ENGINES names kafka, and skipped: kafka: there is no 'java'/,
  )
})

it('a skip passes where REQUIRE_ENGINES names another engine', async () => {
  vi.stubEnv('REQUIRE_ENGINES', 'nats')
  await expect(ownKafka()).resolves.toMatchObject({ available: false })
})

it('ClickHouse is chdb where it is installed, which has no address to start', async () => {
  const offer = await findOffer('clickhouse', {})
  expect(offer).toMatchObject({ available: true, tier: 'chdb', label: 'chdb (embedded)' })
  await expect(offer.start()).rejects.toThrow('chdb has no address')
})
