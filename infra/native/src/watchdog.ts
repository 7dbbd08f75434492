/**
 * Stands between us and an engine: `node watchdog.ts FOLDER COMMAND ARG…` runs the command and kills it when the
 * channel to our process closes, and then removes FOLDER (`-` for none). The kernel closes that channel whatever
 * we die of, so not even kill -9 of a test run leaves a broker behind. Signals for the engine come over the
 * channel; its pid and exit go back.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

export type FromWatchdog =
  | { kind: 'started'; pid: number }
  | { kind: 'exited'; code: number | null; signal: NodeJS.Signals | null }
  | { kind: 'failed'; reason: string }
export type ToWatchdog = { signal: NodeJS.Signals }

if (import.meta.main) guard(process.argv.slice(2))

function guard([folder = '-', command = '', ...args]: string[]): void {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  let abandoned = false
  const abandon = () => {
    abandoned = true
    child.kill('SIGKILL')
  }
  process.on('disconnect', abandon)
  process.on('SIGTERM', abandon)
  process.on('SIGINT', abandon)
  process.on('SIGHUP', abandon)
  process.on('message', (message: ToWatchdog) => child.kill(message.signal))

  child.on('spawn', () => report({ kind: 'started', pid: child.pid ?? 0 }))
  child.on('error', (error) => finish({ kind: 'failed', reason: error.message }))
  child.on('exit', (code, signal) => {
    if (abandoned && folder !== '-') rmSync(folder, { recursive: true, force: true })
    finish({ kind: 'exited', code, signal })
  })
  if (!process.connected) abandon()
}

function report(message: FromWatchdog, then: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => then())
  else then()
}

function finish(message: FromWatchdog): void {
  report(message, () => process.exit(0))
}
