import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Environment } from '@sallyport/runtime'

const NAME = '.sallyport'

/** SALLYPORT_DATA, else a folder of the place where the command is given, else the one of this installation. */
export function dataFolder(environment: Environment): string {
  const given = environment['SALLYPORT_DATA']
  if (given) return resolve(given)
  const here = resolve(NAME)
  return existsSync(here) ? here : installedDataFolder()
}

/**
 * The same from every working folder, for what other programs start: `npm start` keeps its data there too, as npm runs
 * it in the installation. The working folder is not looked at: a project could bring a folder that points elsewhere.
 */
export function installedDataFolder(): string {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  return isOwn(root) ? join(root, NAME) : join(homedir(), NAME)
}

/** An installation that is a package of somebody else's, or that this user cannot write to, keeps no data. */
function isOwn(root: string): boolean {
  if (/[\\/]node_modules[\\/]/.test(root)) return false
  try {
    accessSync(root, constants.W_OK)
    return true
  } catch {
    return false
  }
}
