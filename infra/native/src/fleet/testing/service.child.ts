import { createServer } from 'node:http'

/** A service that is well at the port in FRONT_TEST_PORT. */
createServer((_request, response) => response.end()).listen(
  Number(process.env['FRONT_TEST_PORT']),
  '127.0.0.1',
)
