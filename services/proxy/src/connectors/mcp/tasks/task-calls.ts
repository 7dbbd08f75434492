import type { KeyObject } from 'node:crypto'
import { errorResponse, isJsonObject, type JsonObject, memberText, RPC_CODES } from '@sallyport/jsonrpc'
import type { ApprovalsPoint } from '@sallyport/rpc'
import { type Logger, messageOf, newId } from '@sallyport/runtime'
import { OUR_CODES } from '../answers/answers.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { newExchange } from '../exchange/new-exchange.ts'
import type { McpCall } from '../message/call.ts'
import { clientAbilities } from '../message/client-abilities.ts'
import { editCall } from '../message/edit-call.ts'
import { TASKS_NOT_DECLARED } from '../message/tasks-not-declared.ts'
import type { WithIds } from '../rewrite/bound-ids.ts'
import type { HeldTask } from './held-task.ts'
import { orphanText } from './orphaned-task.ts'
import { RenamedTaskAnswer } from './renamed-task-answer.ts'
import { TaskAnswer } from './task-answer.ts'
import type { Tasks } from './tasks.ts'

/** The parts that answering for a task needs. */
export interface TaskCalls extends WithIds {
  readonly tasks: Tasks
  readonly approvals: Pick<ApprovalsPoint, 'getApprovals'>
  /** This process. */
  readonly claimant: string
  /** How often clients are told to ask, in milliseconds. */
  readonly taskPollMs: number
  readonly digestKey: KeyObject
  readonly logger: Logger
}

/** Decides about a call, records it and does what comes of it. */
type GoOn = (exchange: McpExchange) => Promise<void>

/**
 * Answers a request about a task of ours. The task stands for a call that was decided and recorded, so the request is
 * not an action. A request about a task of the upstream is given back and governed like any other.
 */
export async function answerTaskCall(
  parts: TaskCalls,
  exchange: McpExchange,
  goOn: GoOn,
): Promise<McpExchange | null> {
  const { call, answer } = exchange
  const named = parts.tasks.named(call)
  if (named === undefined || call.id === null) return exchange
  if (!clientAbilities(call.message).tasks) {
    const { status, code, message, data } = TASKS_NOT_DECLARED
    answer.message(status, errorResponse(call.id, code, message, data))
    return null
  }
  const { ref } = named
  const task = ref && parts.tasks.find(ref)
  if (task?.state.status === 'passed_on') return passedOn(exchange, task, task.state.upstreamTaskId)
  if (task !== undefined) answerFor(parts, exchange, task, goOn)
  else if (ref !== undefined && ref.process !== parts.claimant && call.method === 'tasks/get')
    await answerOrphan(parts, exchange, ref)
  else answer.message(200, errorResponse(call.id, RPC_CODES.invalidParams, 'this task does not exist'))
  return null
}

function answerFor(parts: TaskCalls, { call, answer }: McpExchange, task: HeldTask, goOn: GoOn): void {
  if (call.method === 'tasks/cancel') task.cancel()
  if (call.method === 'tasks/update') update(parts, call, task, goOn)
  answer.message(
    200,
    resultText(call, call.method === 'tasks/get' ? task.text() : '{"resultType":"complete"}'),
  )
}

/** The upstream has all it asked for: the same call again, decided anew, as what it is given is part of it. */
function update(parts: TaskCalls, { canonical }: McpCall, task: HeldTask, goOn: GoOn): void {
  const responses = new Map<string, string>()
  const given: unknown = JSON.parse(memberText(canonical, ['params', 'inputResponses']) ?? '{}')
  for (const key of Object.keys(isJsonObject(given as JsonObject) ? (given as JsonObject) : {}))
    responses.set(key, memberText(canonical, ['params', 'inputResponses', key]) ?? 'null')
  const taken = task.take(responses)
  if (taken === undefined) return

  const { inputResponses, requestState } = taken
  const call = editCall({ ...task.call, actionId: newId(), arrivedAt: performance.now() }, [
    { path: ['params', 'inputResponses'], text: inputResponses },
    {
      path: ['params', 'requestState'],
      text: requestState === null ? undefined : JSON.stringify(requestState),
    },
  ])
  const exchange = { ...newExchange(parts, call, new TaskAnswer(task), task.passed), task }
  goOn(exchange).catch((error: unknown) => {
    parts.logger.error({ actionId: call.actionId, error }, 'a task failed')
    task.become({ status: 'failed', error: JSON.stringify({ code: OUR_CODES.fault, message: 'it failed' }) })
  })
}

/** The upstream made its own task of the call: it is asked about that task. */
function passedOn(exchange: McpExchange, task: HeldTask, upstreamTaskId: string): McpExchange {
  const call = editCall(exchange.call, [{ path: ['params', 'taskId'], text: JSON.stringify(upstreamTaskId) }])
  return { ...exchange, call, answer: new RenamedTaskAnswer(exchange.answer, upstreamTaskId, task.taskId) }
}

async function answerOrphan(
  parts: TaskCalls,
  { call, answer }: McpExchange,
  ref: Parameters<typeof orphanText>[2],
): Promise<void> {
  const taskId = JSON.parse(memberText(call.canonical, ['params', 'taskId']) ?? '""') as string
  try {
    const text = await orphanText(parts.approvals, taskId, ref, parts.taskPollMs)
    answer.message(200, resultText(call, text))
  } catch (cause) {
    parts.logger.warn({ approvalId: ref.approvalId }, `a task was not read: ${messageOf(cause)}`)
    const text = 'what became of the task cannot be read now'
    answer.message(200, errorResponse(call.id, OUR_CODES.fault, text))
  }
}

function resultText({ id }: McpCall, result: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`
}
