import { EVERY_VARIABLE } from '@sallyport/stdio'
import { already, type EntryPlan, freeName, left, type RewriteOptions } from './entry-plan.ts'
import { type Path, type Value, valueAt } from './operation.ts'
import type { Scope } from './tools.ts'

const OURS = /^sallyport(\.cmd|\.exe)?$/i
const OURS_SOMEWHERE = /(^|[\\/])sallyport(\.cmd|\.exe|\.js)?$/i

/**
 * A server that the tool starts: Sallyport starts it instead. `env`, `cwd` and all else stay as they are, secrets
 * too, since the server is given them the way it was before. The variables of the entry are named for the server, which
 * gets no others.
 */
export function planCommand(
  path: Path,
  key: string,
  entry: Value,
  options: RewriteOptions,
  taken: ReadonlyMap<string, string>,
): EntryPlan {
  const home = key === 'path' ? valueAt(entry, ['command']) : entry
  const command = valueAt(home, [key])
  const args = valueAt(home, ['args']) ?? []
  if (typeof command !== 'string' || command === '') return left('its command is not text')
  if (!Array.isArray(args) || args.some((item) => typeof item !== 'string'))
    return left('its args are not a list of text')
  const argv = [command, ...args] as string[]
  const ours = wrapped(argv, options)
  if (ours) return already(ours.name, ours.argv.join('\0'), ours.argv)

  const definition = argv.join('\0')
  const entryName = path.at(key === 'path' ? -2 : -1) ?? ''
  const name = freeName(entryName, definition, path.join('\0'), taken)
  const [launcher = 'sallyport', ...launcherArgs] = options.launcher
  const gateway = options.gateway === undefined ? [] : ['--gateway', options.gateway]
  const data = options.data === undefined ? [] : ['--data', options.data]
  const variables = variablesOf(home).flatMap((variable) => ['--env', variable])
  const items = [...launcherArgs, 'mcp', ...gateway, ...data, ...variables, '--name', name, '--', command]
  const present = valueAt(home, ['args']) !== undefined
  return {
    outcome: { kind: 'rewritten', transport: 'stdio', as: name },
    definition,
    command: argv,
    operations: [
      { op: 'set', path: [...path, key], value: launcher, before: key },
      present
        ? { op: 'prepend', path: [...path, 'args'], items }
        : { op: 'set', path: [...path, 'args'], value: items, before: key },
    ],
    notes: [],
  }
}

/** `env` has them with their values; Codex's `env_vars` names some of its own. Those of a file are not known by name. */
function variablesOf(entry: Value | undefined): readonly string[] {
  if (entry === undefined) return []
  if (valueAt(entry, ['envFile']) !== undefined) return [EVERY_VARIABLE]
  const env = valueAt(entry, ['env'])
  const passed = valueAt(entry, ['env_vars'])
  const own = typeof env === 'object' && env !== null && !Array.isArray(env) ? Object.keys(env) : []
  const names = Array.isArray(passed) ? passed.filter((name) => typeof name === 'string') : []
  return [...new Set([...own, ...names])]
}

/**
 * The command that a `sallyport mcp … --name NAME -- …` wraps, in any form (`cmd /c sallyport`, `/usr/bin/sallyport`).
 * A project's file is believed only when the command is the installed one: a project could bring another `sallyport`.
 */
function wrapped(
  argv: readonly string[],
  { launcher, scope }: RewriteOptions,
): { readonly name: string; readonly argv: readonly string[] } | undefined {
  const asNow = [...launcher, 'mcp'].every((word, at) => argv[at] === word)
  const at = asNow ? launcher.length - 1 : commandAt(argv, scope)
  const end = argv.indexOf('--')
  if (at < 0 || argv[at + 1] !== 'mcp' || end < at) return undefined
  const named = argv.indexOf('--name')
  return { name: (named >= 0 && named < end && argv[named + 1]) || '', argv: argv.slice(end + 1) }
}

function commandAt(argv: readonly string[], scope: Scope): number {
  const shell = /^cmd(\.exe)?$/i.test(argv[0] ?? '') && argv[1]?.toLowerCase() === '/c'
  const first = shell ? 2 : 0
  if (scope === 'project') return OURS.test(argv[first] ?? '') ? first : -1
  return argv.slice(0, 3).findIndex((word) => OURS_SOMEWHERE.test(word))
}
