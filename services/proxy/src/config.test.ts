import { randomBytes } from 'node:crypto'
import { readFleetConfig } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import { proxyProcessSpec } from './config.ts'

const ENVIRONMENT = {
  SALLYPORT_SECRET_KEY: randomBytes(32).toString('hex'),
  SALLYPORT_KAFKA_BROKERS: '127.0.0.1:9092',
  SALLYPORT_NATS_URL: 'nats://127.0.0.1:4222',
  SALLYPORT_PROXY_LISTEN: '127.0.0.1:0',
  SALLYPORT_DECISION_ADDRESSES: '127.0.0.1:1',
  SALLYPORT_APPROVALS_ADDRESSES: '127.0.0.1:2',
}

test('a proxy of a fleet answers operators only where it is told to', () => {
  expect(readFleetConfig(proxyProcessSpec, ENVIRONMENT, []).api.listen).toBeNull()
  const told = { ...ENVIRONMENT, SALLYPORT_API_LISTEN: '127.0.0.1:8081' }
  expect(readFleetConfig(proxyProcessSpec, told, []).api.listen).toMatchObject({ port: 8081 })
})
