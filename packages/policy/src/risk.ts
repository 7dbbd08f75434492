import { TOOLS_LIST_ACTION, UNKNOWN_ACTION } from './action.ts'

export type Risk = 'low' | 'medium' | 'high'

const HIGH = ['delete', 'remove', 'drop', 'execute', 'run', 'deploy', 'shell']
const MEDIUM = ['create', 'write', 'send', 'update', 'post']
const LOW = ['read', 'get', 'list', 'search', 'fetch']

/** Texts that a server hands out, and the protocol itself: nothing is done by it. */
const LOW_KINDS = ['mcp.rpc.', 'mcp.prompts.', 'mcp.resources.']

/** The risk of an action. Tool calls (and actions of connectors other than mcp) are judged by name. */
export function riskOf(action: string): Risk {
  if (action === TOOLS_LIST_ACTION) return 'low'
  if (action === UNKNOWN_ACTION) return 'medium'
  if (LOW_KINDS.some((kind) => action.startsWith(kind))) return 'low'
  if (action.startsWith('mcp.tools.')) return riskOfName(decoded(action.slice('mcp.tools.'.length)))
  return riskOfName(decoded(action.slice(action.indexOf('.') + 1)))
}

/** The risk of calling a tool, from the name as its server lists it. */
export function riskOfTool(toolName: string): Risk {
  return riskOfName(toolName)
}

/** The highest class with a word in the name wins: `get_and_delete` is high. */
function riskOfName(name: string): Risk {
  const folded = name.normalize('NFKC').toLowerCase()
  const has = (word: string) => folded.includes(word)
  if (HIGH.some(has)) return 'high'
  if (MEDIUM.some(has)) return 'medium'
  return LOW.some(has) ? 'low' : 'medium'
}

function decoded(name: string): string {
  if (!name.includes('%')) return name
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
