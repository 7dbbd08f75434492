import { connectorNaming } from './connectors/index.ts'
import { isOwnAction } from './own-action.ts'
import { decodedName, riskOfName } from './risk-of-name.ts'
import type { Risk } from './words.ts'

/** The risk of an action: as its connector says, and by the words of its name where no connector names it. */
export function riskOf(action: string): Risk {
  if (isOwnAction(action)) return 'low'
  const connector = connectorNaming(action)
  if (connector !== undefined) return connector.riskOf(action)
  return riskOfName(decodedName(action.slice(action.indexOf('.') + 1)))
}

/** The risk of calling a tool, from the name as its server lists it. */
export function riskOfTool(toolName: string): Risk {
  return riskOfName(toolName)
}
