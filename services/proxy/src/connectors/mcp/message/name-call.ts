import { isToolCall, type Message } from '@sallyport/jsonrpc'
import { actionOf, LONGEST_URI, recordedAction, type Subject } from '@sallyport/policy'
import { LONGEST_NAME } from '../../../domain/recorded-text.ts'
import { ACCESS_TOOL } from '../own-tools/access-tool.ts'
import { subjectOf } from './offered-subject.ts'

export interface CallName {
  readonly action: string
  readonly recordedAction: string
  readonly method: string | null
  readonly tool: string | null
  /** The tool, prompt or resource that it is about. */
  readonly subject: Subject | null
  /** It is one of Sallyport's own tools. */
  readonly own?: true
}

/** The action of a decoded message; undefined where its name is too long to be judged or recorded, which is refused. */
export function nameCall(message: Message): CallName | undefined {
  if (message.kind === 'response') {
    const action = actionOf({ kind: 'response' })
    return { action, recordedAction: action, method: null, tool: null, subject: null }
  }
  const { kind, method } = message
  const tool = isToolCall(message) ? message.params.name : null
  if (tool === ACCESS_TOOL)
    return { action: ACCESS_TOOL, recordedAction: ACCESS_TOOL, method, tool, subject: null, own: true }
  const subject = subjectOf(message)
  if (tool === '' || method.length > LONGEST_NAME || isTooLong(subject)) return undefined
  const action = actionOf(subject === undefined ? { kind, method } : { kind, method, subject })
  const recorded = recordedAction(action, subject?.secret)
  if (recorded.length > LONGEST_NAME) return undefined
  return { action, recordedAction: recorded, method, tool, subject: subject ?? null }
}

/** Before any work is done on it. */
function isTooLong(subject: Subject | undefined): boolean {
  if (subject === undefined) return false
  return subject.name.length > (subject.kind === 'resource' ? LONGEST_URI : LONGEST_NAME)
}
