import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Composition } from './composition.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** The command that `npm start` runs, with its options for Node: they bound its memory. */
const START = (
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }
).scripts.start.replace(/^exec node /, '')

export interface StandaloneOptions {
  /** A data folder of an earlier one, to start again on it. */
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  /** After `npm start --`. */
  readonly args?: readonly string[]
}

export interface Standalone extends Composition {
  readonly pid: number
  readonly folder: string
  /** Everything it printed so far. */
  output(): string
  /** Ends it with a signal; resolves with its exit code (null after SIGKILL). */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** `npm start` as a child process on free ports; resolves when it says that it is ready. */
export async function startStandalone(options: StandaloneOptions = {}): Promise<Standalone> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'sallyport-e2e-'))
  const child = spawnStandalone({ SALLYPORT_DATA: folder, ...options.environment }, options.args)
  let output = ''
  const exited = exitOf(child)
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      output += String(chunk)
      if (output.includes('upstream add files')) resolve()
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    void exited.then((code) => reject(new Error(`standalone ended with ${code}: ${output}`)))
  })
  const run = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { proxy: string; api: string }
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return exited
  }
  return {
    name: 'standalone',
    pid: child.pid as number,
    folder,
    proxies: [run.proxy],
    api: run.api,
    adminToken: readFileSync(join(folder, 'admin-token'), 'utf8').trim(),
    // One process: a command answers after it is in force.
    inForce: async () => {},
    output: () => output,
    end,
    async stop() {
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The bare process, for starts that must fail. Ports are free ones unless the environment says otherwise. */
export function spawnStandalone(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): ChildProcess {
  return spawnIn(process.execPath, [...START.split(' '), ...args], environment)
}

/** `npm start` itself, with npm between. */
export function spawnNpmStart(environment: Readonly<Record<string, string>>): ChildProcess {
  return spawnIn('npm', ['start'], environment)
}

function spawnIn(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): ChildProcess {
  return spawn(command, args, {
    cwd: ROOT,
    env: {
      ...process.env,
      SALLYPORT_PROXY_LISTEN: '127.0.0.1:0',
      SALLYPORT_API_LISTEN: '127.0.0.1:0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

export function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve))
}
