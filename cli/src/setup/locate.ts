import { posix, win32 } from 'node:path'
import type { Place, Scope, Tool } from './tools.ts'

/** Where the tool's documentation puts its configuration in this scope, whether or not a file is there. */
export function filesOf(tool: Tool, scope: Scope, place: Place): readonly string[] {
  const { join } = place.platform === 'win32' ? win32 : posix
  const base = scope === 'project' ? place.project : place.home
  return tool.files[scope]
    .filter(({ on }) => on === undefined || on.includes(place.platform))
    .map((rule) => {
      const named = rule.variable && place.environment[rule.variable]
      if (named) return rule.in ? join(named, ...rule.in) : named
      const [first = '', ...rest] = rule.at
      if (first === '$APPDATA') return join(appData(place), ...rest)
      if (first === '$CONFIG') return join(configFolder(place), ...rest)
      return join(base, ...rule.at)
    })
}

/** Where applications keep a user's settings. */
function appData(place: Place): string {
  if (place.platform === 'win32')
    return place.environment['APPDATA'] ?? win32.join(place.home, 'AppData', 'Roaming')
  if (place.platform === 'darwin') return posix.join(place.home, 'Library', 'Application Support')
  return configFolder(place)
}

function configFolder({ home, environment }: Place): string {
  return environment['XDG_CONFIG_HOME'] || posix.join(home, '.config')
}
