import { CLIENT_METHODS } from './mcp-methods.ts'
import { percentEncode } from './percent-encode.ts'

/** Discovery: what `tools/list` is called. No tool's own name leads here. */
export const TOOLS_LIST_ACTION = 'mcp.tools.list'
/** Whatever could not be named safely, valid JSON that is not JSON-RPC included. */
export const UNKNOWN_ACTION = 'mcp.rpc.unknown'
/** A client's answer to a request of the server (sampling, elicitation, roots). */
export const RESPONSE_ACTION = 'mcp.rpc.response'
/** The GET that opens the server's own stream. */
export const STREAM_OPEN_ACTION = 'mcp.rpc.stream_open'
/** The DELETE that ends a session. */
export const SESSION_DELETE_ACTION = 'mcp.rpc.session_delete'

/** What naming needs of a decoded message. `toolName` is `params.name` of a `tools/call`. */
export interface NamedMessage {
  readonly kind: 'request' | 'notification' | 'response' | 'unknown'
  readonly method?: string
  readonly toolName?: string
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

/** The action's name: what permissions are matched against and what the record says. Never throws. */
export function actionOf(message: NamedMessage): string {
  const { kind, method, toolName } = message
  if (kind === 'response') return RESPONSE_ACTION
  if (kind === 'unknown' || method === undefined) return UNKNOWN_ACTION
  if (method === 'tools/list') return TOOLS_LIST_ACTION
  if (method === 'tools/call') return toolName === undefined ? UNKNOWN_ACTION : toolAction(toolName)
  return methodAction(kind, method)
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
 * `mcp.rpc.notifications_*` is allowed to everybody, so only a true notification may be named into it: a custom
 * request `notifications/deploy` or a method `notifications_deploy` would otherwise pass unasked.
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
