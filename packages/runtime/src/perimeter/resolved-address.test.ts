import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { hostList } from './hosts.ts'
import { DEVELOPMENT, type Perimeter } from './perimeter.ts'
import { lookupWithin } from './resolved-address.ts'

/** Connects to `localhost`, which here stands for a name that resolves to an address of a private network. */
async function connected(perimeter: Perimeter): Promise<string> {
  const server = createServer((socket) => socket.end()).listen(0, 'localhost')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const lookup = lookupWithin(perimeter)
  const { port } = server.address() as { port: number }
  const socket = connect({ host: 'localhost', port, ...(lookup && { lookup }) })
  onTestFinished(() => void socket.destroy())
  const failed = once(socket, 'error').then(([reason]: Error[]) => reason?.message ?? '')
  return Promise.race([once(socket, 'connect').then(() => 'connected'), failed])
}

test('a name that resolves to a private address which nobody listed is not connected to in production', async () => {
  const production = (...listed: string[]) =>
    connected({ mode: 'production', privateAddresses: hostList(listed) })
  expect(await production()).toMatch(/the private address (?:127\.0\.0\.1|::1) that nobody listed/)
  expect(await production('127.0.0.0/8', '::1')).toBe('connected')
  expect(await production('localhost')).toBe('connected')
})

test('development resolves names as the system does', async () => {
  expect(lookupWithin(DEVELOPMENT)).toBeUndefined()
  expect(await connected(DEVELOPMENT)).toBe('connected')
})
