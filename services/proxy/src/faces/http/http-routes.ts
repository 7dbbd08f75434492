import { type IncomingMessage, METHODS } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { type Admission, admit } from '../server/admit.ts'
import { UpstreamUnknown } from '../server/errors.ts'
import { holdExpectations } from '../server/expectations.ts'
import { sendProblem } from '../server/problem.ts'
import type { Upgrades } from '../server/upgrades.ts'
import type { HttpFace } from './http-face.ts'
import { httpTarget } from './http-target.ts'
import { takeRequest } from './take-request.ts'
/** Any API over HTTP under /http/NAME: all methods, bodies as streams both ways. */
export function httpRoutes(server: FastifyInstance, upgrades: Upgrades, face: HttpFace): void {
  const expectations = holdExpectations(server, ({ url }) => httpTarget(url) !== undefined)
  const connections = { upgrades, expectations }
  for (const method of METHODS)
    if (method !== 'CONNECT' && !server.supportedMethods.includes(method))
      server.addHttpMethod(method, { hasBody: true })

  server.route({
    method: METHODS.filter((method) => method !== 'CONNECT'),
    url: '/http/:upstream',
    // From here on the exchange owns the connection: Fastify neither reads a body nor answers.
    onRequest: (request, reply, done) => {
      // A name that only the router could read has nothing behind it that would be judged.
      if (httpTarget(request.originalUrl) === undefined) {
        void sendProblem(reply, 404, new UpstreamUnknown())
        return
      }
      const admission = admit(request, reply, face.admitting, 'http')
      if (admission instanceof Promise) admission.then(letIn).catch(done)
      else letIn(admission)

      function letIn(admitted: Admission | undefined): void {
        if (admitted === undefined || reply.raw.destroyed) return
        reply.hijack()
        takeRequest(face, connections, request, reply.raw, admitted).catch((error: unknown) => {
          face.logger.error({ error }, 'a request failed')
          reply.raw.destroy()
        })
      }
    },
    handler: () => {
      throw new Error('the request was answered before it came to its handler')
    },
  })
}

/** Which requests for another protocol are taken as such. Elsewhere an `Upgrade` is one hop's and is left out. */
export function asksForWebSocket({
  method,
  url,
  headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && httpTarget(url) !== undefined
}
