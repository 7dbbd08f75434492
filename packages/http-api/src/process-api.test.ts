import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { type ControlView, INITIAL_STATE } from '@sallyport/control'
import { silentLogger } from '@sallyport/runtime'
import { afterEach, expect, test } from 'vitest'
import { type ProcessApi, startProcessApi } from './process-api.ts'

const started: ProcessApi[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((api) => api.close()))
})

const control: ControlView = {
  state: () => INITIAL_STATE,
  authenticateGateway: () => undefined,
  authenticateApi: () => undefined,
  offset: () => 0,
  passedOver: () => 0,
  onChange: () => () => {},
  fault: () => undefined,
}

const OPTIONS = {
  title: 'Test',
  version: '1',
  control,
  plugins: [],
  health: {},
  clock: () => new Date(0),
  logger: silentLogger,
}

/** Starts one; the function asks it by a name, and gives the status. */
async function listening(
  host: string,
  hosts: readonly string[] = [],
): Promise<(asked: string) => Promise<number>> {
  const api = await startProcessApi({ listen: { host, port: 0 }, hosts }, OPTIONS)
  started.push(api)
  return (asked) => statusOf(api.url, asked)
}

async function statusOf(url: string, host: string): Promise<number> {
  const asked = get(`${url}/healthz`, { headers: { host } })
  const [response]: IncomingMessage[] = await once(asked, 'response')
  response?.resume()
  return response?.statusCode ?? 0
}

test.each(['localhost', '127.0.0.1', '127.0.0.2'])(
  'a process on %s answers to no other name',
  async (host) => {
    const ask = await listening(host)
    expect(await Promise.all([ask('rebound.example'), ask('localhost'), ask('127.0.0.2:1')])).toEqual([
      421, 200, 200,
    ])
  },
)

test('a process that other machines reach answers to any name', async () => {
  const ask = await listening('0.0.0.0')
  expect(await ask('api.example')).toBe(200)
})

test('a process with names of its own answers to no other one', async () => {
  const ask = await listening('127.0.0.1', ['api.example'])
  expect(await Promise.all([ask('api.example'), ask('localhost')])).toEqual([200, 421])
})
