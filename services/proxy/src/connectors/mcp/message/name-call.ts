import { isToolCall, type Message } from '@sallyport/jsonrpc'
import { actionOf, type Subject } from '@sallyport/policy'
import { LONGEST_NAME } from '../../../domain/recorded-text.ts'
import { subjectOf } from './offered-subject.ts'

export interface CallName {
  readonly action: string
  readonly method: string | null
  readonly tool: string | null
  /** The tool, prompt or resource that it is about. */
  readonly subject: Subject | null
}

/** The action of a decoded message; undefined where its name is too long to be recorded, which is refused. */
export function nameCall(message: Message): CallName | undefined {
  if (message.kind === 'response')
    return { action: actionOf({ kind: 'response' }), method: null, tool: null, subject: null }
  const { kind, method } = message
  const tool = isToolCall(message) ? message.params.name : null
  const subject = subjectOf(message)
  const action = actionOf(subject === undefined ? { kind, method } : { kind, method, subject })
  if (action.length > LONGEST_NAME || method.length > LONGEST_NAME || tool === '') return undefined
  return { action, method, tool, subject: subject ?? null }
}
