import { type EntryPlan, left, type RewriteOptions } from './entry-plan.ts'
import { isTable, type Path, type Value, valueAt } from './operation.ts'
import { planAddress } from './rewrite-address.ts'
import { planCommand } from './rewrite-command.ts'
import type { Tool } from './tools.ts'

/** The plan for one entry. `taken` are the names given in this file, with what they stand for. */
export function planEntry(
  tool: Tool,
  path: Path,
  entry: Value | undefined,
  options: RewriteOptions,
  taken: ReadonlyMap<string, string>,
): EntryPlan {
  if (!isTable(entry)) return left('it is not a table')
  const nested = isTable(entry['command'])
  const command = nested ? valueAt(entry, ['command', 'path']) : entry['command']
  const [urlKey, second] = tool.urlKeys.filter((key) => Object.hasOwn(entry, key))
  if (command !== undefined && urlKey !== undefined) return left('it has both a command and an address')
  if (command !== undefined)
    return planCommand(
      nested ? [...path, 'command'] : path,
      nested ? 'path' : 'command',
      entry,
      options,
      taken,
    )
  if (urlKey === undefined) return left('it has no command and no address')
  if (second !== undefined) return left(`it has both ${urlKey} and ${second}`)
  return planAddress(tool, path, urlKey, entry, options, taken)
}
