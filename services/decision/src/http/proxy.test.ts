import { readFleetConfig } from '@sallyport/runtime'
import { expect, it } from 'vitest'
import { decisionSpec } from '../config.ts'
import { ask, logWithTokens, startInstance } from '../testing/instance.ts'

it('tells whoever reads the agents where they reach the proxy, and null where nobody has said', async () => {
  const instance = await startInstance(await logWithTokens())
  expect(await ask(instance, 'GET', '/v1/proxy')).toEqual({ status: 200, body: { url: null } })
  expect((await ask(instance, 'GET', '/v1/proxy', undefined, { scope: 'analyst' })).status).toBe(200)
  expect((await ask(instance, 'GET', '/v1/proxy', undefined, { scope: null })).status).toBe(401)
})

it('takes the address from SALLYPORT_PROXY_URL, and no plain text of another host in production', () => {
  const environment = {
    SALLYPORT_KAFKA_BROKERS: '127.0.0.1:9092',
    SALLYPORT_SECRET_KEY: 'a'.repeat(64),
    SALLYPORT_PROXY_URL: 'https://agents.example.com',
  }
  const { agents } = readFleetConfig(decisionSpec, environment, [])
  expect(agents.proxyUrl).toBe('https://agents.example.com')
  const plain = { ...environment, SALLYPORT_PROXY_URL: 'http://agents.example.com' }
  expect(() => readFleetConfig(decisionSpec, plain, [])).toThrow('SALLYPORT_PROXY_URL')
})
