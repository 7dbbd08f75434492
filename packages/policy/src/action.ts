import { CLIENT_METHODS } from './mcp-methods.ts'
import {
  PROMPTS_LIST_ACTION,
  promptAction,
  RESOURCES_LIST_ACTION,
  type ResourceUse,
  resourceAction,
  TEMPLATES_LIST_ACTION,
} from './offered-action.ts'
import { percentEncode } from './percent-encode.ts'

/** Discovery: what `tools/list` is called. No tool's own name leads here. */
export const TOOLS_LIST_ACTION = 'mcp.tools.list'
/** A message that could not be named safely, such as valid JSON that is not JSON-RPC. */
export const UNKNOWN_ACTION = 'mcp.rpc.unknown'
/** A client's answer to a request of the server (sampling, elicitation, roots). */
export const RESPONSE_ACTION = 'mcp.rpc.response'
/** The GET that opens the server's own stream. */
export const STREAM_OPEN_ACTION = 'mcp.rpc.stream_open'
/** The DELETE that ends a session. */
export const SESSION_DELETE_ACTION = 'mcp.rpc.session_delete'

/** What naming needs of a decoded message. */
export interface NamedMessage {
  readonly kind: 'request' | 'notification' | 'response' | 'unknown'
  readonly method?: string
  /** What it is about, where its method is about one of the things that the server offers. */
  readonly subject?: Subject
}

/** `params.name` of a tools/call or prompts/get, `params.uri` of a resource's use, `params.ref` of a completion. */
export interface Subject {
  readonly kind: 'tool' | 'prompt' | 'resource'
  readonly name: string
  /** Whether the name carries a credential, so that it must not be recorded. */
  readonly secret?: boolean
}

const TOOLS = 'mcp.tools.'
const RPC = 'mcp.rpc.'
const NOTIFICATION_METHOD = 'notifications/'
const METHOD_SHAPE = /^[A-Za-z0-9_./$-]{1,128}$/

const RESERVED: ReadonlySet<string> = new Set(
  [
    UNKNOWN_ACTION,
    RESPONSE_ACTION,
    STREAM_OPEN_ACTION,
    SESSION_DELETE_ACTION,
    ...[...CLIENT_METHODS].map(translated),
  ].map((action) => action.toLowerCase()),
)

/** The notifications that MCP knows from a client. */
export const NOTIFICATION_ACTIONS: readonly string[] = [...CLIENT_METHODS]
  .filter((method) => method.startsWith(NOTIFICATION_METHOD))
  .map(translated)

/** The action's name, whole: what permissions are matched against. Never throws. */
export function actionOf(message: NamedMessage): string {
  const { kind, method, subject } = message
  if (kind === 'response') return RESPONSE_ACTION
  if (kind === 'unknown' || method === undefined) return UNKNOWN_ACTION
  const list = kind === 'request' ? LISTS.get(method) : undefined
  if (list !== undefined) return list
  const use = USES.get(method)
  if (use === undefined) return methodAction(kind, method)
  return (kind === 'request' && subject && use(subject)) || UNKNOWN_ACTION
}

const LISTS: ReadonlyMap<string, string> = new Map([
  ['tools/list', TOOLS_LIST_ACTION],
  ['prompts/list', PROMPTS_LIST_ACTION],
  ['resources/list', RESOURCES_LIST_ACTION],
  ['resources/templates/list', TEMPLATES_LIST_ACTION],
])

type NameOfUse = (subject: Subject) => string | undefined

/** The methods that use one thing the server offers. Without that thing they have no name. */
const USES: ReadonlyMap<string, NameOfUse> = new Map<string, NameOfUse>([
  ['tools/call', ({ kind, name }) => (kind === 'tool' ? toolAction(name) : undefined)],
  ['prompts/get', ({ kind, name }) => (kind === 'prompt' ? promptAction(name) : undefined)],
  ['resources/read', ofResource('read')],
  ['resources/subscribe', ofResource('subscribe')],
  ['resources/unsubscribe', ofResource('unsubscribe')],
  ['completion/complete', completion],
])

function ofResource(use: ResourceUse): NameOfUse {
  return ({ kind, name }) => (kind === 'resource' ? resourceAction(name, use) : undefined)
}

function completion({ kind, name }: Subject): string | undefined {
  if (kind === 'prompt') return promptAction(name, 'complete')
  return kind === 'resource' ? resourceAction(name, 'complete') : undefined
}

/**
 * The action of calling a tool; different tools have different actions. A tool called `list` would take the name
 * of discovery, which is allowed to everybody, so it moves under `call.`, and so does everything already there.
 */
export function toolAction(toolName: string): string {
  const name = percentEncode(toolName)
  return name === 'list' || name.startsWith('call.') ? `${TOOLS}call.${name}` : TOOLS + name
}

/**
 * A permission for `mcp.rpc.notifications_*` is one for notifications, so only a true notification may be named into
 * it: a custom request `notifications/deploy` or a method `notifications_deploy` would otherwise pass by it.
 */
function methodAction(kind: 'request' | 'notification', method: string): string {
  const isNotification = method.startsWith(NOTIFICATION_METHOD)
  if (isNotification && kind !== 'notification') return UNKNOWN_ACTION
  if (CLIENT_METHODS.has(method)) return translated(method)
  if (!METHOD_SHAPE.test(method)) return UNKNOWN_ACTION

  const action = translated(method)
  const folded = action.toLowerCase()
  if (RESERVED.has(folded)) return UNKNOWN_ACTION
  if (folded.startsWith('mcp.rpc.notifications_') && !isNotification) return UNKNOWN_ACTION
  return action
}

function translated(method: string): string {
  return RPC + method.replaceAll('/', '_')
}
