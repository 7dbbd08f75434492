import { NOTIFICATION_ACTIONS } from '../action.ts'
import { ACCESS_REQUEST_ACTION } from '../own-action.ts'
import { readingsOfMcp } from '../readings/mcp-readings.ts'
import { riskOfMcp } from '../risk-of-mcp.ts'
import type { ActionDescription, Connector } from './connector.ts'
import { MCP_SHAPES } from './mcp-shapes.ts'
import { widerNamesOfMcp } from './mcp-wider-names.ts'

const action = (name: string, asks: string, risk: ActionDescription['risk']): ActionDescription => ({
  name,
  asks,
  lessSpecific: widerNamesOfMcp(name),
  risk,
})

export const MCP: Connector = {
  kind: 'mcp',
  summary: 'a server that speaks the Model Context Protocol, over HTTP or stdio',
  actions: [
    action('mcp.tools.<tool>', 'tools/call', 'by name'),
    action('mcp.tools.list', 'tools/list', 'low'),
    action('mcp.prompts.<prompt>', 'prompts/get', 'low'),
    action('mcp.prompts.list', 'prompts/list', 'low'),
    action('mcp.prompts.complete.<prompt>', 'completion/complete for a prompt', 'low'),
    action('mcp.resources.<uri>', 'resources/read', 'low'),
    action('mcp.resources.list', 'resources/list', 'low'),
    action('mcp.resources.templates_list', 'resources/templates/list', 'low'),
    action('mcp.resources.subscribe.<uri>', 'resources/subscribe', 'low'),
    action('mcp.resources.unsubscribe.<uri>', 'resources/unsubscribe', 'low'),
    action('mcp.resources.complete.<template>', 'completion/complete for a resource', 'low'),
    action('mcp.rpc.<method>', 'any other method, with _ in the place of /', 'low'),
    action(ACCESS_REQUEST_ACTION, "tools/call of Sallyport's own tool that asks a person for access", 'low'),
    action('mcp.rpc.unknown', 'a message that has no safe name', 'medium'),
  ],
  shapes: MCP_SHAPES,
  /**
   * Handshake and discovery carry no act of the agent, and without them no client gets as far as asking. A list shows
   * only what the agent may use, and a task is only there for the gateway whose call made it. A notification that MCP
   * does not know is the server's own, and may do anything.
   */
  builtin: [
    'mcp.rpc.initialize',
    'mcp.rpc.server_discover',
    'mcp.rpc.subscriptions_listen',
    'mcp.rpc.tasks_get',
    'mcp.rpc.tasks_result',
    'mcp.rpc.tasks_update',
    'mcp.rpc.tasks_cancel',
    'mcp.rpc.ping',
    ...NOTIFICATION_ACTIONS,
    'mcp.rpc.response',
    'mcp.rpc.stream_open',
    'mcp.rpc.session_delete',
    'mcp.rpc.logging_setLevel',
    'mcp.tools.list',
    'mcp.prompts.list',
    'mcp.resources.list',
    'mcp.resources.templates_list',
  ],
  targets: ['http', 'stdio', 'attached'],
  pathOf: (upstream) => `/mcp/${upstream}`,
  addressOf: (domain) => `https://${domain}/mcp`,
  riskOf: riskOfMcp,
  lessSpecificOf: widerNamesOfMcp,
  discovery: new Map([
    ['mcp.tools.list', 'mcp.tools.'],
    ['mcp.prompts.list', 'mcp.prompts.'],
    ['mcp.resources.list', 'mcp.resources.'],
    ['mcp.resources.templates_list', 'mcp.resources.'],
  ]),
  readingsOf: readingsOfMcp,
}
