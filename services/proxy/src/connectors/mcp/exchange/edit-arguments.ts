import type { KeyObject } from 'node:crypto'
import { asksMore, isToolCall } from '@sallyport/jsonrpc'
import type { Editing } from '../../../governing/connector.ts'
import { inspectAction } from '../../../governing/inspect-action.ts'
import { editCall } from '../message/edit-call.ts'
import type { McpExchange } from './mcp-exchange.ts'

const ARGUMENTS = ['params', 'arguments'] as const

/**
 * Other arguments for a call of a tool. Of any other method they say what it is about; and a call with further parameters,
 * such as answers to what the upstream asked for, is shown and bound as a whole.
 */
export function editArguments(digestKey: KeyObject): Editing<McpExchange> {
  return {
    can: ({ call: { message, own } }) =>
      own !== true && message !== null && isToolCall(message) && !asksMore(message),
    edited({ call }, text) {
      const edited = editCall(call, [{ path: ARGUMENTS, text }])
      return { call: edited, evidence: inspectAction(edited, digestKey) }
    },
  }
}
