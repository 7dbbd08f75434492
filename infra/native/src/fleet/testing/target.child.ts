import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A service behind a front: at /healthz well unless it is called `unwell`; never answers /v1/never, and says its name elsewhere. */
const [name = '', port = '0'] = process.argv.slice(2)
const server = createServer((request, response) => {
  if (request.url !== '/healthz') process.send?.(request.url)
  if (request.url === '/v1/never') return
  if (request.url === '/healthz' && name === 'unwell') response.statusCode = 503
  response.end(name)
})
server.listen(Number(port), '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
