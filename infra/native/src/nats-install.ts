import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { enginesFolder, fetchOnce, isFetched } from './engines-folder.ts'
import { EngineMissing } from './errors.ts'
import { findProgram, runCommand } from './run-command.ts'

/** The server to start: `server` is the path of `nats-server`. */
export interface NatsInstall {
  readonly server: string
  readonly version: string
}

const remedy = 'put nats-server on the PATH (Debian: apt-get install nats-server)'

/**
 * Finds `nats-server` on the PATH, or unpacks Debian's package beside the other engines, which needs no root.
 * Throws EngineMissing where there is neither.
 */
export async function installNats(env: NodeJS.ProcessEnv = process.env): Promise<NatsInstall> {
  const server = (await findProgram('nats-server', env)) ?? (await unpacked(env))
  const { ok, output } = await runCommand(server, ['--version'])
  if (!ok) throw new EngineMissing('nats', `${server} does not run (${output.split('\n')[0]})`, remedy)
  return { server, version: /v?(\d+\.\d+\.\d+)/.exec(output)?.[1] ?? 'of no known version' }
}

async function unpacked(env: NodeJS.ProcessEnv): Promise<string> {
  const root = enginesFolder(env)
  const name = `nats-server-${process.arch}`
  if (!(await isFetched(name, root))) await requireTools(env)
  return join(await fetchOnce(name, unpackDebianPackage, root), 'usr/sbin/nats-server')
}

async function requireTools(env: NodeJS.ProcessEnv): Promise<void> {
  for (const tool of ['apt-get', 'dpkg']) {
    if ((await findProgram(tool, env)) === undefined) {
      throw new EngineMissing(
        'nats',
        `there is no nats-server on the PATH and no ${tool} to unpack one with`,
        remedy,
      )
    }
  }
}

async function unpackDebianPackage(folder: string): Promise<void> {
  const download = await mkdtemp(join(tmpdir(), 'sallyport-nats-'))
  try {
    const fetched = await runCommand('apt-get', ['download', '-q', 'nats-server'], download)
    const [file] = (await readdir(download)).filter((entry) => entry.endsWith('.deb'))
    if (!fetched.ok || file === undefined) {
      const why = fetched.output.split('\n').findLast((line) => line.startsWith('E:')) ?? 'no package came'
      throw new EngineMissing(
        'nats',
        `Debian's package could not be fetched (${why})`,
        `run apt-get update, or ${remedy}`,
      )
    }
    const unpack = await runCommand('dpkg', ['-x', join(download, file), folder])
    if (!unpack.ok) throw new EngineMissing('nats', `dpkg could not unpack ${file}`, remedy)
  } finally {
    await rm(download, { recursive: true, force: true })
  }
}
