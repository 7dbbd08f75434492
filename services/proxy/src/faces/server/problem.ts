import type { SallyportError } from '@sallyport/runtime'
import type { FastifyReply } from 'fastify'

/** Answers with problem+json (RFC 9457): for what is refused before it is an action. */
export function sendProblem(reply: FastifyReply, status: number, error: SallyportError): FastifyReply {
  const { code, message: detail } = error
  const title = TITLES[status] ?? 'Error'
  // The rest of an unread body must not be taken for the next request.
  return reply
    .code(status)
    .header('connection', 'close')
    .type('application/problem+json')
    .send({ type: 'about:blank', title, status, detail, code })
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
}
