import {
  UpstreamAnswerInvalid,
  type UpstreamFault,
  UpstreamUnauthorized,
} from '../../../domain/upstream-faults.ts'
import type { McpCall } from '../message/call.ts'

/** How the body of an answer is taken in; `nothing` before the head and for answers without a body. */
export type AnswerMode = 'nothing' | 'message' | 'stream' | 'error'

/** How the body of an answer is passed on, told from its status and headers; or what is wrong with them. */
export function answerMode(
  { kind, agentAuthorization }: Pick<McpCall, 'kind' | 'agentAuthorization'>,
  status: number,
  contentType: string | undefined,
): AnswerMode | UpstreamFault {
  // The upstream refused the credential of Sallyport. The agent would take a 401 for a refusal of its own token.
  if (status === 401 && agentAuthorization === null) return new UpstreamUnauthorized()
  if (status >= 400) return 'error'
  if (kind === 'notification' || kind === 'response' || kind === 'session_end') return 'nothing'
  const type = mediaType(contentType)
  if (type === 'application/json' && kind !== 'stream') return 'message'
  if (type === 'text/event-stream') return 'stream'
  return new UpstreamAnswerInvalid(`status ${status} with neither JSON nor an event stream`)
}

export function mediaType(header: string | undefined): string {
  return header?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
