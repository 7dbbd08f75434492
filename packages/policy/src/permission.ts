export type Decision = 'allow' | 'deny' | 'require_approval'

/**
 * What a gateway may do. `gateway` is a name or `*`; `connector` is `*`, a kind such as `mcp`, or the name of an
 * upstream such as `files`; `action` is a pattern. Built-in ones apply only where no explicit one matches.
 */
export interface Permission {
  readonly id: string
  readonly gateway: string
  readonly connector: string
  readonly action: string
  readonly decision: Decision
  readonly origin: 'explicit' | 'builtin'
}

const STRICTNESS: Record<Decision, number> = { deny: 2, require_approval: 1, allow: 0 }

/** Sorts the stricter first: deny, require_approval, allow. */
export function byStrictness(a: Decision, b: Decision): number {
  return STRICTNESS[b] - STRICTNESS[a]
}

/**
 * Handshake and discovery: they carry no act of the agent, and without them no client gets as far as asking. What is
 * listed is only what the agent may use, and a task is only there for the gateway whose call it came of.
 */
export const BUILTIN_PERMISSIONS: readonly Permission[] = [
  'mcp.rpc.initialize',
  'mcp.rpc.server_discover',
  'mcp.rpc.subscriptions_listen',
  'mcp.rpc.tasks_get',
  'mcp.rpc.tasks_result',
  'mcp.rpc.tasks_update',
  'mcp.rpc.tasks_cancel',
  'mcp.rpc.ping',
  'mcp.rpc.notifications_*',
  'mcp.rpc.response',
  'mcp.rpc.stream_open',
  'mcp.rpc.session_delete',
  'mcp.rpc.logging_setLevel',
  'mcp.tools.list',
  'mcp.prompts.list',
  'mcp.resources.list',
  'mcp.resources.templates_list',
].map((action) => ({
  id: `builtin:${action}`,
  gateway: '*',
  connector: '*',
  action,
  decision: 'allow',
  origin: 'builtin',
}))
