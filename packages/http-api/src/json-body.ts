import { isWellFormed } from '@sallyport/runtime'
import type { FastifyInstance } from 'fastify'
import { RequestInvalid } from './errors.ts'

/** JSON bodies only. An empty one counts as absent, because many clients label a DELETE without a body as JSON. */
export function readJsonBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else
      void parse(request, body as string, (error, value) => {
        if (!error && !isWellFormed(value))
          done(new RequestInvalid('the body has a text that is not Unicode'))
        else done(error, value)
      })
  })
}
