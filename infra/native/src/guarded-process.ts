import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineFailed } from './errors.ts'
import type { FromWatchdog, ToWatchdog } from './watchdog.ts'

/** A running engine that cannot outlive this process, see watchdog.ts. */
export interface GuardedProcess {
  readonly pid: number
  /** Resolves, and never rejects, when the engine has ended: how, in words. */
  readonly exited: Promise<string>
  signal(signal: NodeJS.Signals): void
}

export interface GuardedCommand {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Takes what the command prints, at its end. */
  readonly logFile: string
  /** Set or replaced in the environment the command inherits. */
  readonly environment?: Readonly<Record<string, string>>
  /** A folder that goes with the process if we die first. */
  readonly discard?: string
}

/** Starts a command under a watchdog. Throws EngineFailed if it cannot be run. */
export async function spawnGuarded(spec: GuardedCommand): Promise<GuardedProcess> {
  const { name, command, args, logFile, environment = {}, discard = '-' } = spec
  const log = await open(logFile, 'a')
  const { NODE_OPTIONS: _, ...env } = process.env
  // In a group of its own: Ctrl-C is for us, and we end the engine in good order.
  const watchdog = spawn(
    process.execPath,
    [join(import.meta.dirname, 'watchdog.ts'), discard, command, ...args],
    {
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      detached: true,
      env: { ...env, ...environment },
    },
  )
  const started = Promise.withResolvers<number>()
  const exited = Promise.withResolvers<string>()
  let pid: number | undefined
  watchdog.on('message', (message: FromWatchdog) => {
    if (message.kind === 'started') {
      pid = message.pid
      started.resolve(message.pid)
    } else if (message.kind === 'failed') {
      started.reject(new EngineFailed(name, `${command} cannot be run (${message.reason})`))
    } else {
      pid = undefined
      exited.resolve(message.signal ?? `exit code ${message.code}`)
    }
  })
  watchdog.on('error', (cause) =>
    started.reject(new EngineFailed(name, 'its watchdog cannot be run', { cause })),
  )
  watchdog.on('exit', () => {
    if (pid !== undefined) killQuietly(pid)
    started.reject(new EngineFailed(name, 'its watchdog ended before the engine started'))
    exited.resolve('its watchdog ended')
  })
  try {
    return {
      pid: await started.promise,
      exited: exited.promise,
      signal(signal) {
        const order: ToWatchdog = { signal }
        if (watchdog.connected) watchdog.send(order, () => undefined)
      },
    }
  } finally {
    await log.close()
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in between.
  }
}
