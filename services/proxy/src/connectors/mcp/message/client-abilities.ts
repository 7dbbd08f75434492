import { isJsonObject, type Message } from '@sallyport/jsonrpc'
import { clientCapabilities } from './envelope.ts'

export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks'

/** The abilities that a client of 2026-07-28 declares in each request. They say how it may be answered. */
export interface ClientAbilities {
  /** It takes a task for an answer (SEP-2663). */
  readonly tasks: boolean
  /** It shows its user a URL. */
  readonly urlElicitation: boolean
}

export function clientAbilities(message: Message | null): ClientAbilities {
  const { extensions, elicitation } = clientCapabilities(message)
  return {
    tasks: isJsonObject(extensions) && isJsonObject(extensions[TASKS_EXTENSION]),
    urlElicitation: isJsonObject(elicitation) && isJsonObject(elicitation['url']),
  }
}
