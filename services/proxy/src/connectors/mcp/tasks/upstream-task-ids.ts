import {
  isJsonObject,
  type JsonObject,
  type JsonPath,
  type JsonValue,
  type MemberEdit,
  type Message,
  memberText,
  RPC_CODES,
  replaceMembers,
} from '@sallyport/jsonrpc'
import type { ProtocolRefusal } from '../../../domain/protocol-refusal.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { isListen, type McpCall } from '../message/call.ts'
import { clientAbilities } from '../message/client-abilities.ts'
import { editCall } from '../message/edit-call.ts'
import { TASKS_NOT_DECLARED } from '../message/tasks-not-declared.ts'
import type { WithIds } from '../rewrite/bound-ids.ts'

/** Revision 2025-11-25: the member that names the task a message belongs to. */
const RELATED = ['_meta', 'io.modelcontextprotocol/related-task', 'taskId'] as const
/** The tasks extension of 2026-07-28: of which tasks a subscription tells. */
const LISTENED = ['params', 'notifications', 'taskIds'] as const
/** The methods about one task, named by `params.taskId`. */
const ABOUT_ONE: ReadonlySet<string> = new Set(['tasks/get', 'tasks/result', 'tasks/update', 'tasks/cancel'])
const NO_SUCH_TASK: ProtocolRefusal = {
  status: 200,
  code: RPC_CODES.invalidParams,
  message: 'this task does not exist',
}

/** The tasks extension of 2026-07-28 (SEP-2663) has them no more; a server that still does would take any id for it. */
const REMOVED: ReadonlySet<string> = new Set(['tasks/result', 'tasks/list'])
const NO_SUCH_METHOD: ProtocolRefusal = {
  status: 404,
  code: RPC_CODES.methodNotFound,
  message: 'Method not found',
}

/**
 * The ids of an upstream's tasks are good for the gateway that got them and no other: behind one credential the
 * upstream takes all gateways for one client, and who has an id has the result. Tasks outlive sessions, so these ids
 * do too.
 */
export function bindTaskIds({ ids }: WithIds, { call }: McpExchange, message: Message, text: string): string {
  const paths = pathsOf(call, message)
  if (paths.length === 0) return text
  return replaceMembers(
    text,
    edits(text, paths, (id) => ids.bind('task', partyOf(call), id)),
  )
}

/** A message of the client's with the upstream's own ids; a refusal where it asks about a task that is not its own. */
export function openTaskIds({ ids }: WithIds, exchange: McpExchange): McpExchange | ProtocolRefusal {
  const { call } = exchange
  const { message, canonical } = call
  if (message === null) return exchange
  const open = (id: string) => ids.open('task', partyOf(call), id)
  const method = message.kind === 'request' ? message.method : ''
  if (call.era === 'stateless' && REMOVED.has(method)) return NO_SUCH_METHOD
  const about = ABOUT_ONE.has(method)
  if (about && call.era === 'stateless' && !clientAbilities(message).tasks) return TASKS_NOT_DECLARED
  // A lenient server might read any other value as an id: a number, null, a list.
  if (about && open(textAt(canonical, ['params', 'taskId']) ?? '') === undefined) return NO_SUCH_TASK

  const paths: JsonPath[] = about ? [['params', 'taskId']] : []
  const body = message.kind === 'response' ? 'result' : 'params'
  if (hasRelated(message.value[body])) paths.push([body, ...RELATED])
  const listened = isListen(call) ? listenedTo(message, open) : []
  if (paths.length === 0 && listened.length === 0) return exchange
  const made = [...edits(canonical, paths, open), ...listened]
  return made.length === 0 ? exchange : { ...exchange, call: editCall(call, made) }
}

/** Only the caller's own tasks: a message about a task may hold its result. Ours are not the upstream's to tell of. */
function listenedTo(message: Message, open: (id: string) => string | undefined): readonly MemberEdit[] {
  const asked = taskIdsIn(message)
  if (asked === undefined) return []
  const ids = Array.isArray(asked) ? (asked as readonly JsonValue[]) : []
  const own = ids.flatMap((id) => (typeof id === 'string' ? (open(id) ?? []) : []))
  return [{ path: LISTENED, text: JSON.stringify(own) }]
}

function taskIdsIn(message: Message): JsonValue | undefined {
  const params = message.kind === 'response' ? undefined : (message.params as JsonValue | undefined)
  const filter = isJsonObject(params) ? params['notifications'] : undefined
  return isJsonObject(filter) ? filter['taskIds'] : undefined
}

function partyOf({ gateway, upstream }: McpCall) {
  return { gateway, upstream, session: null }
}

/**
 * The members in which a message of the upstream names its own tasks. A task that it asks a client about is the
 * client's.
 */
function pathsOf(call: McpCall, message: Message): readonly JsonPath[] {
  if (message.kind === 'response') {
    if (!('result' in message) || !isJsonObject(message.result)) return []
    return inResult(call, message.result)
  }
  const params = message.params as JsonValue | undefined
  if (!isJsonObject(params)) return []
  const told = message.kind === 'notification' && message.method.startsWith('notifications/tasks')
  const honoured = message.method === 'notifications/subscriptions/acknowledged' ? taskIdsIn(message) : []
  return [
    ...(Array.isArray(honoured) ? honoured.map((_: JsonValue, at: number) => [...LISTENED, at]) : []),
    ...(told ? [['params', 'taskId']] : []),
    ...(hasRelated(params) ? [['params', ...RELATED]] : []),
  ]
}

function inResult(call: McpCall, result: JsonObject): readonly JsonPath[] {
  const paths: JsonPath[] = hasRelated(result) ? [['result', ...RELATED]] : []
  const aboutTasks = call.method?.startsWith('tasks/') === true
  if (aboutTasks || result['resultType'] === 'task') paths.push(['result', 'taskId'])
  if (isJsonObject(result['task']) && asksForTask(call)) paths.push(['result', 'task', 'taskId'])
  const { tasks } = result
  if (aboutTasks && Array.isArray(tasks))
    paths.push(...tasks.map((_: JsonValue, at: number) => ['result', 'tasks', at, 'taskId']))
  return paths
}

function asksForTask({ message }: McpCall): boolean {
  const params = message?.kind === 'request' ? (message.params as JsonValue | undefined) : undefined
  return isJsonObject(params) && params['task'] !== undefined
}

function hasRelated(body: JsonValue | undefined): boolean {
  const meta = isJsonObject(body) ? body['_meta'] : undefined
  return isJsonObject(meta) && meta[RELATED[1]] !== undefined
}

function edits(
  text: string,
  paths: readonly JsonPath[],
  change: (id: string) => string | undefined,
): readonly MemberEdit[] {
  return paths.flatMap((path) => {
    const id = textAt(text, path)
    const changed = id === undefined ? undefined : change(id)
    return changed === undefined ? [] : [{ path, text: JSON.stringify(changed) }]
  })
}

function textAt(text: string, path: JsonPath): string | undefined {
  const value: unknown = JSON.parse(memberText(text, path) ?? 'null')
  return typeof value === 'string' ? value : undefined
}
