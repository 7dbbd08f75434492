import type { Message } from '@sallyport/jsonrpc'
import type { Exchange, ProxyParts } from '../parts.ts'
import { offsetProgress } from './offset-progress.ts'

/**
 * What the agent gets of a message of the upstream's: a response, a notification or a request of its own. Each
 * concern is one step, which is given the message as it came and the text so far, and edits only its own member.
 */
export function rewriteAnswer(_parts: ProxyParts, exchange: Exchange, message: Message): string {
  return offsetProgress(exchange, message, message.canonical)
}
