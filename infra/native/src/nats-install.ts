import { debianProgram } from './debian-package.ts'
import { EngineMissing } from './errors.ts'
import { runCommand } from './run-command.ts'

/** The server to start: `server` is the path of `nats-server`. */
export interface NatsInstall {
  readonly server: string
  readonly version: string
}

/**
 * Finds `nats-server` on the PATH, or unpacks Debian's package beside the other engines, which needs no root.
 * Throws EngineMissing where there is neither.
 */
export async function installNats(env: NodeJS.ProcessEnv = process.env): Promise<NatsInstall> {
  const { program: server } = await debianProgram(
    { engine: 'nats', name: 'nats-server', path: 'usr/sbin/nats-server' },
    env,
  )
  const { ok, output } = await runCommand(server, ['--version'])
  if (!ok)
    throw new EngineMissing(
      'nats',
      `${server} does not run (${output.split('\n')[0]})`,
      'put nats-server on the PATH (Debian: apt-get install nats-server)',
    )
  return { server, version: /v?(\d+\.\d+\.\d+)/.exec(output)?.[1] ?? 'of no known version' }
}
