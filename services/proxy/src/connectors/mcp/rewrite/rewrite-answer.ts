import type { ControlView } from '@sallyport/control'
import type { Message } from '@sallyport/jsonrpc'
import type { DecisionPoint } from '@sallyport/rpc'
import type { UpstreamCatalogs } from '../catalog/upstream-catalogs.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { SealingRounds } from '../rounds/sealed-state.ts'
import { learnToolHeaders } from '../stateless/learn-tool-headers.ts'
import type { ToolHeaders } from '../stateless/tool-headers.ts'
import { bindTaskIds } from '../tasks/upstream-task-ids.ts'
import { advertiseTasks } from './advertise-tasks.ts'
import type { WithIds } from './bound-ids.ts'
import { filterList } from './filter-list.ts'
import { noteListChanged } from './note-list-changed.ts'
import { offsetProgress } from './offset-progress.ts'
import { restoreIds } from './restore-ids.ts'
import { sealRequestState } from './seal-request-state.ts'

/** What it takes to write an answer anew. */
export interface Rewriting extends WithIds, SealingRounds {
  readonly catalog: UpstreamCatalogs
  readonly control: ControlView
  /** What is listed is shown by its verdicts. */
  readonly decision: DecisionPoint
  readonly toolHeaders: ToolHeaders
}

/**
 * What the agent gets of a message of the upstream's: a response, a notification or a request of its own. Each
 * concern is one step, which is given the message as it came and the text so far, and edits only its own member.
 * Throws, or rejects, on a message that must not reach the agent at all. A promise only where a list waits for verdicts.
 */
export function rewriteAnswer(
  parts: Rewriting,
  exchange: McpExchange,
  message: Message,
): string | Promise<string> {
  learnToolHeaders(parts, exchange.call, message)
  noteListChanged(parts, exchange, message)
  const listed = filterList(parts, exchange, message, message.canonical)
  return listed instanceof Promise
    ? listed.then((text) => rewriteRest(parts, exchange, message, text))
    : rewriteRest(parts, exchange, message, listed)
}

function rewriteRest(parts: Rewriting, exchange: McpExchange, message: Message, listed: string): string {
  const text = offsetProgress(exchange, message, listed)
  const sealed = sealRequestState(parts, exchange, message, text)
  const advertised = advertiseTasks(exchange, message, sealed)
  const bound = bindTaskIds(parts, exchange, message, advertised)
  return restoreIds(parts, exchange, message, bound)
}
