import type { FastifyInstance } from 'fastify'
import { RelayForged } from '../../reaching/relay/errors.ts'
import {
  IDENTITY_HEADERS,
  RELAYED_HEADER,
  type RelayedIdentities,
} from '../../reaching/relay/relayed-identity.ts'
import { sendProblem } from './problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether another proxy of the fleet passed it on. */
    relayed: boolean
  }
}

/**
 * Gives a request that another proxy passed on the identity it came in with, before anything looks at it; from there
 * on it is a request like any other, and is not passed on again.
 */
export function acceptRelayed(
  server: FastifyInstance,
  address: string | null,
  identities: RelayedIdentities,
): void {
  server.decorateRequest('relayed', false)
  server.addHook('onRequest', (request, reply, done) => {
    const header = request.headers[RELAYED_HEADER]
    if (header === undefined) {
      done()
      return
    }
    const here = { owner: address ?? '', method: request.method, path: request.url }
    const identity = typeof header === 'string' ? identities.open(header, here) : undefined
    if (identity === undefined) {
      void sendProblem(reply, 403, new RelayForged())
      return
    }
    for (const name of IDENTITY_HEADERS) delete request.headers[name]
    Object.assign(request.headers, identity.headers)
    request.relayed = true
    done()
  })
}
