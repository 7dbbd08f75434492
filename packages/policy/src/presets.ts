import { CONNECTORS } from './connectors/index.ts'
import type { Decision } from './words.ts'

/** How much a new gateway may do before anybody has set a permission for it. */
export const PRESETS = ['observe', 'ask', 'locked'] as const
export type Preset = (typeof PRESETS)[number]

export const PRESET_MEANING: Readonly<Record<Preset, string>> = {
  observe: 'everything is allowed and recorded',
  ask: 'reads and lists are allowed, and everything else waits for a person',
  locked: 'nothing is allowed but to connect and to see which of its tools are allowed',
}

/** A permission on every upstream of a kind, or of every kind (`*`). */
export interface PresetPermission {
  readonly connector: string
  readonly action: string
  readonly decision: Decision
}

const onMcp = (decision: Decision, ...actions: readonly string[]): PresetPermission[] =>
  actions.map((action) => ({ connector: 'mcp', action, decision }))
const onHttp = (decision: Decision, ...actions: readonly string[]): PresetPermission[] =>
  actions.map((action) => ({ connector: 'http', action, decision }))
const onAll = (decision: Decision): PresetPermission => ({ connector: '*', action: '*', decision })

/** What is built in gives way to any permission that a person sets, so it is said again beside `*`. */
const BUILT_IN = onMcp('allow', ...(CONNECTORS.get('mcp')?.builtin ?? []))

const READING = ['read', 'get', 'list', 'search', 'find', 'describe', 'show', 'view']
/** A tool is known by its name alone here: `search_and_replace` does not only read. */
const READS_AND_MORE = READING.flatMap((verb) => [`mcp.tools.${verb}_and_*`, `mcp.tools.${verb}-and-*`])
const READS = [
  ...onMcp('allow', 'mcp.resources.*', 'mcp.prompts.*'),
  ...onMcp('allow', ...READING.flatMap((verb) => [`mcp.tools.${verb}_*`, `mcp.tools.${verb}-*`])),
  ...onMcp('require_approval', ...READS_AND_MORE),
  ...onHttp('allow', 'http.get', 'http.head', 'http.options'),
]

const PERMISSIONS: Readonly<Record<Preset, readonly PresetPermission[]>> = {
  observe: [onAll('allow')],
  ask: [onAll('require_approval'), ...BUILT_IN, ...READS],
  locked: [onAll('deny'), ...BUILT_IN],
}

/** The permissions that a gateway with the preset has. Any narrower one wins over them. */
export function presetPermissions(preset: Preset): readonly PresetPermission[] {
  return PERMISSIONS[preset]
}
