import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Environment } from '@sallyport/runtime'
import { dataFolder, installedDataFolder } from '../data-place.ts'

const BIN = fileURLToPath(new URL('../../bin/sallyport.js', import.meta.url))

/** The command for a configuration that others share. npm's commands are scripts on Windows, which need a shell. */
export function sharedLauncher(platform: NodeJS.Platform): readonly string[] {
  return platform === 'win32' ? ['cmd', '/c', 'sallyport'] : ['sallyport']
}

/**
 * The command for a user's own configuration. Tools run it from any folder and without the shell's PATH. So it is named
 * in full, unless it is installed for every program of this user.
 */
export function ownLauncher(platform: NodeJS.Platform, environment: Environment): readonly string[] {
  return installed(environment) ? sharedLauncher(platform) : [process.execPath, BIN]
}

/** The data folder to name in a user's own configuration; undefined where the wrapper finds the same by itself. */
export function ownData(environment: Environment): string | undefined {
  const folder = dataFolder(environment)
  return folder === installedDataFolder() ? undefined : folder
}

/** On the path for good, and not because npm runs this command. */
function installed(environment: Environment): boolean {
  const folders = (environment['PATH'] ?? '').split(delimiter)
  return folders.some(
    (folder) =>
      folder !== '' && !/[\\/]node_modules[\\/]/.test(`${folder}/`) && existsSync(join(folder, 'sallyport')),
  )
}
