import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '@sallyport/native'

const require = createRequire(import.meta.url)

/** The command that npm would run for a package, without npm. */
export function program(name: string, ...args: string[]): string[] {
  const manifest = require.resolve(`${name}/package.json`)
  const { bin } = require(manifest) as { bin: Readonly<Record<string, string>> }
  return [process.execPath, join(dirname(manifest), Object.values(bin)[0] ?? ''), ...args]
}

export interface RunningProgram {
  /** e.g. `http://127.0.0.1:41001` */
  readonly origin: string
  stop(): Promise<void>
}

/** Runs a program that listens; resolves when it does. */
export async function startListening(command: (port: number) => readonly string[]): Promise<RunningProgram> {
  const port = await freePort()
  const [file = '', ...args] = command(port)
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const take = (chunk: Buffer) => {
    output += String(chunk)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${output}`)
    await delay(20)
  }
  return { origin: `http://127.0.0.1:${port}`, stop: () => ended(child) }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => socket.end(() => resolve(true)))
    socket.once('error', () => resolve(false))
  })
}

/** With SIGTERM: the programs that they started end with them. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}
