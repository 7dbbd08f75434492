import { problemOf } from '@sallyport/http-api'
import type { FastifyInstance } from 'fastify'
import { ApprovalExpired, PartsUnseen } from '../errors.ts'

const MOST_TOLD = 100

/** 410 and not 409: nobody was faster, the time was over. Parts that nobody saw are named. */
export function answerInDetail(server: FastifyInstance): void {
  server.setErrorHandler((error, _request, reply) => {
    if (error instanceof PartsUnseen) {
      const told = {
        ...problemOf(error),
        unseen: error.parts.slice(0, MOST_TOLD),
        unseenCount: error.parts.length,
      }
      return reply.code(409).type('application/problem+json').send(JSON.stringify(told))
    }
    if (!(error instanceof ApprovalExpired)) throw error
    const gone = { ...problemOf(error), title: 'Expired', status: 410 }
    return reply.code(410).type('application/problem+json').send(JSON.stringify(gone))
  })
}
