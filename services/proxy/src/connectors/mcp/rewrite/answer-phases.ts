import type { Message } from '@sallyport/jsonrpc'
import {
  type AnswerPhase,
  type AnswerStep,
  PASS_ANSWER,
  passAnswer,
} from '../../../governing/answer-phases.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { learnToolHeaders } from '../stateless/learn-tool-headers.ts'
import { bindTaskIds } from '../tasks/upstream-task-ids.ts'
import { advertiseTasks } from './advertise-tasks.ts'
import { filterList } from './filter-list.ts'
import { noteListChanged } from './note-list-changed.ts'
import { offsetProgress } from './offset-progress.ts'
import { restoreIds } from './restore-ids.ts'
import type { Rewriting } from './rewriting.ts'
import { sealRequestState } from './seal-request-state.ts'
import { tellEdit } from './tell-edit.ts'

/** One message of the upstream: a response, a notification or a request; and its text so far. */
export interface McpPart {
  readonly message: Message
  readonly text: string
}

export type McpAnswerPhases = readonly AnswerPhase<McpExchange, McpPart>[]

/** The concerns of the way back. Each is given the message as it came and the text so far, and edits its own member. */
export function mcpAnswerPhases(rewriting: Rewriting): McpAnswerPhases {
  return [
    listening('tool headers', ({ call }, message) => learnToolHeaders(rewriting, call, message)),
    listening('list changed', (exchange, message) => noteListChanged(rewriting, exchange, message)),
    editing('lists', (exchange, message, text) => filterList(rewriting, exchange, message, text)),
    editing('progress', offsetProgress),
    editing('request state', (exchange, message, text) =>
      sealRequestState(rewriting, exchange, message, text),
    ),
    editing('tasks offered', advertiseTasks),
    editing('task ids', (exchange, message, text) => bindTaskIds(rewriting, exchange, message, text)),
    editing('edits', (exchange, message, text) => tellEdit(rewriting, exchange, message, text)),
    editing('ids', (exchange, message, text) => restoreIds(rewriting, exchange, message, text)),
  ]
}

/**
 * The text of a message as the agent gets it; a promise only where a phase holds it. Throws, or rejects, on a message
 * that must not reach the agent at all.
 */
export function rewriteMessage(
  phases: McpAnswerPhases,
  exchange: McpExchange,
  message: Message,
): string | Promise<string> {
  const part = passAnswer(phases, exchange, { message, text: message.canonical })
  return part instanceof Promise ? part.then(({ text }) => text) : part.text
}

function listening(
  name: string,
  listen: (exchange: McpExchange, message: Message) => void,
): McpAnswerPhases[number] {
  return {
    name,
    pass(exchange, { message }) {
      listen(exchange, message)
      return PASS_ANSWER
    },
  }
}

function editing(
  name: string,
  edit: (exchange: McpExchange, message: Message, text: string) => string | Promise<string>,
): McpAnswerPhases[number] {
  return {
    name,
    pass(exchange, part): AnswerStep<McpPart> {
      const edited = edit(exchange, part.message, part.text)
      if (!(edited instanceof Promise)) return stepOf(part, edited)
      return { step: 'hold', until: edited.then((text) => stepOf(part, text)) }
    },
  }
}

function stepOf(part: McpPart, text: string): AnswerStep<McpPart> {
  return text === part.text ? PASS_ANSWER : { step: 'change', part: { ...part, text } }
}
