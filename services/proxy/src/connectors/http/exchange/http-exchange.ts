import type { Exchange } from '../../../governing/exchange.ts'
import type { RequestBody } from '../body/request-body.ts'
import type { HttpCall } from '../message/http-call.ts'
import type { HttpReply } from './http-reply.ts'

/** One request over HTTP that is under way, and the agent who waits for its answer. */
export interface HttpExchange extends Exchange<HttpCall> {
  readonly answer: HttpReply
  /** The source of the rest of the body; null without a body. */
  readonly body: RequestBody | null
}
