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
import type { Call } from '../domain/call.ts'
import { clientAbilities } from '../domain/client-abilities.ts'
import { editCall } from '../domain/edit-call.ts'
import type { ProtocolRefusal } from '../domain/protocol-refusal.ts'
import { TASKS_NOT_DECLARED } from '../domain/tasks-not-declared.ts'
import type { Exchange, ProxyParts } from '../exchange/parts.ts'

type Ids = Pick<ProxyParts, 'ids'>

/** Revision 2025-11-25: what a message that comes of a task says of it. */
const RELATED = ['_meta', 'io.modelcontextprotocol/related-task', 'taskId'] as const
const NO_SUCH_TASK: ProtocolRefusal = {
  status: 200,
  code: RPC_CODES.invalidParams,
  message: 'there is no such task',
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
export function bindTaskIds({ ids }: Ids, { call }: Exchange, message: Message, text: string): string {
  const paths = pathsOf(call, message)
  if (paths.length === 0) return text
  return replaceMembers(
    text,
    edits(text, paths, (id) => ids.bind('task', partyOf(call), id)),
  )
}

/** A message of the client's with the upstream's own ids; a refusal where it asks about a task that is not its own. */
export function openTaskIds({ ids }: Ids, exchange: Exchange): Exchange | ProtocolRefusal {
  const { call } = exchange
  const { message, canonical } = call
  if (message === null) return exchange
  const open = (id: string) => ids.open('task', partyOf(call), id)
  const asked = message.kind === 'request' && message.method.startsWith('tasks/')
  if (asked && call.era === 'modern' && REMOVED.has(message.method)) return NO_SUCH_METHOD
  const about = asked ? textAt(canonical, ['params', 'taskId']) : undefined
  if (about !== undefined && call.era === 'modern' && !clientAbilities(message).tasks)
    return TASKS_NOT_DECLARED
  if (about !== undefined && open(about) === undefined) return NO_SUCH_TASK

  const paths: JsonPath[] = about === undefined ? [] : [['params', 'taskId']]
  const body = message.kind === 'response' ? 'result' : 'params'
  if (hasRelated(message.value[body])) paths.push([body, ...RELATED])
  if (paths.length === 0) return exchange
  const made = edits(canonical, paths, open)
  return made.length === 0 ? exchange : { ...exchange, call: editCall(call, made) }
}

function partyOf({ gateway, upstream }: Call) {
  return { gateway, upstream, session: null }
}

/** Where a message of the upstream's names tasks of its own. What it asks a client about is the client's task. */
function pathsOf(call: Call, message: Message): readonly JsonPath[] {
  if (message.kind === 'response') {
    if (!('result' in message) || !isJsonObject(message.result)) return []
    return inResult(call, message.result)
  }
  const params = message.params as JsonValue | undefined
  if (!isJsonObject(params)) return []
  const told = message.kind === 'notification' && message.method.startsWith('notifications/tasks')
  return [...(told ? [['params', 'taskId']] : []), ...(hasRelated(params) ? [['params', ...RELATED]] : [])]
}

function inResult(call: Call, result: JsonObject): readonly JsonPath[] {
  const paths: JsonPath[] = hasRelated(result) ? [['result', ...RELATED]] : []
  const aboutTasks = call.method?.startsWith('tasks/') === true
  if (aboutTasks || result['resultType'] === 'task') paths.push(['result', 'taskId'])
  if (isJsonObject(result['task']) && asksForTask(call)) paths.push(['result', 'task', 'taskId'])
  const { tasks } = result
  if (aboutTasks && Array.isArray(tasks))
    paths.push(...tasks.map((_: JsonValue, at: number) => ['result', 'tasks', at, 'taskId']))
  return paths
}

function asksForTask({ message }: Call): boolean {
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
