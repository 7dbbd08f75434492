import { isToolCall, type Message } from '@sallyport/jsonrpc'
import { actionOf } from '@sallyport/policy'

/** Events and permissions hold names up to this length. */
export const LONGEST_NAME = 256

export interface CallName {
  readonly action: string
  readonly method: string | null
  readonly tool: string | null
}

/** The action of a decoded message; undefined where its name is too long to be recorded, which is refused. */
export function nameCall(message: Message): CallName | undefined {
  if (message.kind === 'response') return { action: actionOf({ kind: 'response' }), method: null, tool: null }
  const { kind, method } = message
  const tool = isToolCall(message) ? message.params.name : null
  const action = actionOf(tool === null ? { kind, method } : { kind, method, toolName: tool })
  if (action.length > LONGEST_NAME || method.length > LONGEST_NAME || tool === '') return undefined
  return { action, method, tool }
}

/** Fits a text of the client's into an event. */
export function cut(text: string, length = LONGEST_NAME): string {
  return text.length <= length ? text : text.slice(0, length - 1).toWellFormed()
}
