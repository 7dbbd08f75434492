import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { type ControlView, INITIAL_STATE } from '@sallyport/control'
import { silentLogger } from '@sallyport/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { createApiServer } from './api-server.ts'
import { forEverybody } from './testing/for-everybody.ts'

const KNOWN = {
  id: 't',
  name: 'dana',
  scope: 'admin',
  tokenHash: '',
  holder: null,
  expiresAt: null,
  createdAt: '',
  revokedAt: null,
}

async function served() {
  const control = {
    authenticateApi: (token: string) => (token === 'admin-token' ? KNOWN : undefined),
    state: () => INITIAL_STATE,
    onChange: () => () => {},
    fault: () => undefined,
  } as unknown as ControlView
  const server = createApiServer({
    title: 'Test',
    version: '1',
    control,
    roles: forEverybody('GET /v1/me'),
    plugins: [async (api) => void api.get('/v1/me', async (request) => request.principal)],
    health: {},
    clock: () => new Date(0),
    logger: silentLogger,
    strangers: { max: 10, withinMs: 150 },
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  return (server.server.address() as AddressInfo).port
}

async function opened(port: number, ...lines: string[]): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  if (lines.length > 0) socket.write([...lines, 'host: api', '', ''].join('\r\n'))
  return socket
}

const closed = (socket: Socket) => once(socket.resume(), 'close')

test('a caller of the API who shows no token is put out, and one who does stays', async () => {
  const port = await served()
  const me = ['GET /v1/me HTTP/1.1', 'authorization: Bearer admin-token']
  const known = await opened(port, ...me)
  expect(String((await once(known, 'data'))[0])).toContain('"dana"')
  await closed(await opened(port))
  await closed(await opened(port, 'GET /v1/me HTTP/1.1'))
  await closed(await opened(port, 'GET /healthz HTTP/1.1'))
  known.write([...me, 'host: api', '', ''].join('\r\n'))
  expect(String((await once(known, 'data'))[0])).toContain('"dana"')
})
