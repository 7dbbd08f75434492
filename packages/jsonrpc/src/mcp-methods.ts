/** The side that sends it. */
export type Sender = 'client' | 'server' | 'both'

export interface McpMethod {
  readonly sender: Sender
  readonly kind: 'request' | 'notification'
}

const fromClient = { sender: 'client', kind: 'request' } as const
const fromServer = { sender: 'server', kind: 'request' } as const
const fromBoth = { sender: 'both', kind: 'request' } as const
const noticeFromClient = { sender: 'client', kind: 'notification' } as const
const noticeFromServer = { sender: 'server', kind: 'notification' } as const
const noticeFromBoth = { sender: 'both', kind: 'notification' } as const

/** Every method of MCP from revision 2024-11-05 to 2026-07-28 and of its tasks extension. */
export const MCP_METHODS = {
  initialize: fromClient,
  ping: fromBoth,
  'tools/list': fromClient,
  'tools/call': fromClient,
  'resources/list': fromClient,
  'resources/templates/list': fromClient,
  'resources/read': fromClient,
  'resources/subscribe': fromClient,
  'resources/unsubscribe': fromClient,
  'prompts/list': fromClient,
  'prompts/get': fromClient,
  'completion/complete': fromClient,
  'logging/setLevel': fromClient,
  'server/discover': fromClient,
  'subscriptions/listen': fromClient,
  // At 2025-11-25 either side may ask the other for a task.
  'tasks/get': fromBoth,
  'tasks/result': fromBoth,
  'tasks/list': fromBoth,
  'tasks/cancel': fromBoth,
  'tasks/update': fromClient,

  'sampling/createMessage': fromServer,
  'roots/list': fromServer,
  'elicitation/create': fromServer,

  'notifications/initialized': noticeFromClient,
  'notifications/roots/list_changed': noticeFromClient,
  'notifications/cancelled': noticeFromBoth,
  'notifications/progress': noticeFromBoth,
  'notifications/tasks/status': noticeFromBoth,
  'notifications/tasks': noticeFromServer,
  'notifications/message': noticeFromServer,
  'notifications/resources/updated': noticeFromServer,
  'notifications/resources/list_changed': noticeFromServer,
  'notifications/tools/list_changed': noticeFromServer,
  'notifications/prompts/list_changed': noticeFromServer,
  'notifications/elicitation/complete': noticeFromServer,
  'notifications/subscriptions/acknowledged': noticeFromServer,
} as const satisfies Record<string, McpMethod>

export type McpMethodName = keyof typeof MCP_METHODS

export function isKnownMethod(method: string): method is McpMethodName {
  return Object.hasOwn(MCP_METHODS, method)
}
