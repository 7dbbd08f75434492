import { TOOLS_LIST_ACTION, UNKNOWN_ACTION } from './action.ts'
import { decodedName, riskOfName } from './risk-of-name.ts'
import type { Risk } from './words.ts'

const TOOLS = 'mcp.tools.'
/** Texts that a server hands out, and the protocol itself: nothing is done by it. */
const LOW_KINDS = ['mcp.rpc.', 'mcp.prompts.', 'mcp.resources.']

/** The risk of an MCP action. Calling a tool is judged by the tool's name. */
export function riskOfMcp(action: string): Risk {
  if (action === TOOLS_LIST_ACTION) return 'low'
  if (action === UNKNOWN_ACTION) return 'medium'
  if (LOW_KINDS.some((kind) => action.startsWith(kind))) return 'low'
  const name = action.startsWith(TOOLS) ? action.slice(TOOLS.length) : action.slice(action.indexOf('.') + 1)
  return riskOfName(decodedName(name))
}
