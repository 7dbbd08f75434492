import { once } from 'node:events'
import { connect } from 'node:net'
import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { closeConnectionsOnClose } from './close-connections.ts'

test('a connection that never sent a request does not hold up the close', async () => {
  const server = fastify()
  closeConnectionsOnClose(server)
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as { port: number }
  const socket = connect(port, '127.0.0.1')
  await Promise.all([once(socket, 'connect'), once(server.server, 'connection')])
  const ended = once(socket, 'close')
  socket.resume()
  await server.close()
  await expect(ended).resolves.toBeDefined()
})
