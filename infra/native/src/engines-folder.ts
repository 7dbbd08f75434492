import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** Where fetched engines are kept: SALLYPORT_ENGINES, or `.engines/` in the repository (git-ignored). */
export function enginesFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['SALLYPORT_ENGINES'] ?? join(import.meta.dirname, '../../../.engines')
}

/**
 * The folder `name` below the engines folder, filled by `fill` the first time. Processes that ask together wait for
 * the first one. The folder appears under its name only when it is complete, so a killed fetch leaves nothing that
 * looks finished. A lock that was taken over by mistake costs a second fetch and no more.
 */
export async function fetchOnce(
  name: string,
  fill: (folder: string) => Promise<void>,
  root: string = enginesFolder(),
): Promise<string> {
  const folder = join(root, name)
  if (await exists(folder)) return folder
  await mkdir(root, { recursive: true })
  const lock = join(root, `${name}.lock`)
  await takeLock(lock)
  try {
    if (!(await exists(folder))) await fillAndPublish(folder, fill)
    return folder
  } finally {
    await rm(lock, { force: true })
  }
}

/** Whether `name` was fetched before. */
export function isFetched(name: string, root: string = enginesFolder()): Promise<boolean> {
  return exists(join(root, name))
}

async function fillAndPublish(folder: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const partial = await mkdtemp(`${folder}.partial-`)
  try {
    await fill(partial)
    await rename(partial, folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    if (!(await exists(folder))) throw error
  }
}

async function takeLock(lock: string): Promise<void> {
  for (;;) {
    try {
      return await writeFile(lock, String(process.pid), { flag: 'wx' })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    if (await ownerIsGone(lock)) await rm(lock, { force: true })
    else await delay(100)
  }
}

async function ownerIsGone(lock: string): Promise<boolean> {
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''))
  // Empty: created this instant and not yet written, or just released.
  if (owner === 0) return false
  try {
    process.kill(owner, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
