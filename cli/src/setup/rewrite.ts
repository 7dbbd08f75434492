import { editConfig, readConfig } from './config-document.ts'
import type { Outcome, RewriteOptions, Upstream } from './entry-plan.ts'
import { ConfigShapeUnknown } from './errors.ts'
import { inputOperations } from './gateway-token.ts'
import { isTable, type Operation, type Path, type Value, valueAt } from './operation.ts'
import { planEntry } from './rewrite-entry.ts'
import type { Tool } from './tools.ts'

/** The result for one server of the file. */
export interface Change {
  readonly path: Path
  readonly outcome: Outcome
  readonly upstream?: Upstream
  readonly notes: readonly string[]
}

export interface NamedCommand {
  readonly name: string
  readonly command: readonly string[]
}

export interface Rewritten {
  readonly text: string
  readonly changes: readonly Change[]
  /** The servers that are commands, by the names that they have now. Not for a screen: they may have secrets in them. */
  readonly commands: readonly NamedCommand[]
  /** The keys whose values are not what they were: the servers, and what goes with them. */
  readonly edited: readonly Path[]
}

/**
 * The configuration with every server in it passing through Sallyport. Rewriting what was rewritten changes nothing.
 * Rejects with the errors of `errors.ts` what does not parse, has a key twice or is not of the tool's shape.
 */
export function rewrite(text: string, tool: Tool, options: RewriteOptions): Rewritten {
  const config = readConfig(text, tool.format)
  const taken = new Map<string, string>()
  const operations: Operation[] = []
  const changes: Change[] = []
  const commands: NamedCommand[] = []
  for (const path of serversOf(config, tool)) {
    const plan = planEntry(tool, path, valueAt(config, path), options, taken)
    operations.push(...plan.operations)
    if (plan.outcome.kind !== 'left') taken.set(plan.outcome.as, plan.definition ?? '')
    const { outcome, notes, upstream, command } = plan
    if (command && outcome.kind !== 'left') commands.push({ name: outcome.as, command })
    changes.push({ path, outcome, notes, ...(upstream ? { upstream } : {}) })
  }
  const rewritten = changes.filter(({ outcome }) => outcome.kind === 'rewritten')
  const asked = inputOperations(tool, config, operations)
  const edited = [...rewritten.map(({ path }) => path), ...asked.map(({ path }) => path)]
  return { text: editConfig(text, tool.format, [...operations, ...asked]), changes, commands, edited }
}

/** The paths of all servers, in the file's order. */
function serversOf(config: Value, tool: Tool): Path[] {
  return tool.containers
    .flatMap((container) => expanded(config, container))
    .flatMap((container) => {
      const servers = valueAt(config, container)
      if (servers === undefined) return []
      if (!isTable(servers)) throw new ConfigShapeUnknown(container.join('.'), 'is not a table of servers')
      return Object.keys(servers).map((name) => [...container, name])
    })
}

function expanded(config: Value, pattern: Path): Path[] {
  const star = pattern.indexOf('*')
  if (star < 0) return [pattern]
  const above = pattern.slice(0, star)
  const table = valueAt(config, above)
  return isTable(table) ? Object.keys(table).map((key) => [...above, key, ...pattern.slice(star + 1)]) : []
}
