import type { Upstream } from '@sallyport/control'
import { canonicalArguments, type Message, messageMeta, tellingArguments } from '@sallyport/jsonrpc'
import type { McpCall } from './call.ts'
import { boundMeta } from './passed-meta.ts'

type Content = Pick<McpCall, 'params' | 'argumentsText' | 'meta' | 'boundMeta'>

/** The parts of a message that are recorded and shown, and the texts that an approval is bound to. */
export function contentOf(message: Message, upstream: Pick<Upstream, 'metaKeys'>): Content {
  const params = tellingArguments(message)
  const isEmpty = params === null && message.kind !== 'response' && message.params === undefined
  return {
    params,
    argumentsText: isEmpty ? null : canonicalArguments(message),
    meta: messageMeta(message) ?? null,
    boundMeta: boundMeta(message, upstream),
  }
}
