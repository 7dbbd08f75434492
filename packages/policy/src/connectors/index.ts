import { isOwnAction } from '../own-action.ts'
import { compilePattern } from '../pattern.ts'
import { ONE_READING, type Readings } from '../readings/readings.ts'
import type { Connector } from './connector.ts'
import { HTTP } from './http.ts'
import { MCP } from './mcp.ts'
import { canFit, type NameShape } from './name-shape.ts'

/** Every kind there is, by its name. A new connector is described in a file beside this one and listed here. */
export const CONNECTORS: ReadonlyMap<string, Connector> = new Map(
  [MCP, HTTP].map((connector) => [connector.kind, connector]),
)

const NO_NAMES: readonly string[] = []

/** The wider names of an action that permissions may use as well, the narrowest first. */
export function lessSpecificOf(action: string): readonly string[] {
  return connectorNaming(action)?.lessSpecificOf(action) ?? NO_NAMES
}

/** Of a name of discovery: what the names begin with that it lists. */
export function listedBeginning(action: string): string | undefined {
  return connectorNaming(action)?.discovery.get(action)
}

/** What servers may take an action for, as its connector says. */
export function readingsOf(action: string): Readings {
  return connectorNaming(action)?.readingsOf(action) ?? ONE_READING
}

/** What the names of a kind's actions begin with, up to the first dot, wider names included; of `*`, of every kind. */
export function familiesOf(kind: string): ReadonlySet<string> {
  const connectors = [...CONNECTORS.values()].filter((connector) => kind === '*' || connector.kind === kind)
  const names = connectors.flatMap(({ actions }) =>
    actions.flatMap(({ name, lessSpecific }) => [name, ...lessSpecific]),
  )
  return new Set(names.map((name) => name.slice(0, name.indexOf('.'))))
}

/**
 * Whether the pattern can match an action of this kind; of `*`, of any kind. One that cannot is refused where it is set:
 * a deny that applies to nothing would look as if it were in force. Throws PatternInvalid.
 */
export function canMatch(kind: string, source: string): boolean {
  compilePattern(source)
  return fitsSome(kind, source)
}

/** Whether an action of this kind can have the name, however long; of `*`, of any kind. */
export function canName(kind: string, action: string): boolean {
  return !action.includes('*') && fitsSome(kind, action)
}

/** The other kind whose names begin like this text: `http.get` is one of `http`. */
export function otherKindOf(kind: string, text: string): string | undefined {
  const family = text.slice(0, Math.max(0, text.indexOf('.'))).toLowerCase()
  if (kind === '*' || familiesOf(kind).has(family)) return undefined
  return [...CONNECTORS.keys()].find((other) => familiesOf(other).has(family))
}

function fitsSome(kind: string, source: string): boolean {
  return [...CONNECTORS.values()].some(
    (connector) =>
      (kind === '*' || connector.kind === kind) &&
      [...connector.shapes, ...widerShapes(connector)].some((shape) => canFit(source, shape)),
  )
}

/** The wider names of a kind, as its descriptions have them: behind `<` stands what the caller chooses. */
function widerShapes({ actions, shapes }: Connector): NameShape[] {
  return actions.flatMap(({ name, lessSpecific }) =>
    lessSpecific.map((wider) => {
      const [beginning = ''] = wider.split('<')
      const own = shapes.find((shape) => shape.beginning === name.split('<')[0])
      return beginning === wider || own?.chosen === undefined
        ? { beginning }
        : { beginning, chosen: own.chosen }
    }),
  )
}

/** The connector that names this action, by what stands before the first dot. Tools of our own are tools of MCP. */
export function connectorNaming(action: string): Connector | undefined {
  if (isOwnAction(action)) return MCP
  return CONNECTORS.get(action.slice(0, Math.max(0, action.indexOf('.'))))
}
