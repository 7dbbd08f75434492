import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A decision server in a process of its own, to be killed and stopped in earnest. It never answers `never`. */
export interface DecisionProcess {
  readonly address: string
  /** Resolves when the question `never`, or `told`, has arrived there. */
  readonly asked: Promise<void>
  /** SIGSTOP hangs it, SIGCONT lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  kill(): Promise<void>
}

export async function startDecisionProcess(port = 0): Promise<DecisionProcess> {
  const child = fork(join(import.meta.dirname, 'decision-process.child.ts'), [String(port)], { execArgv: [] })
  const asked = Promise.withResolvers<void>()
  const [address] = (await once(child, 'message')) as [string]
  child.on('message', () => asked.resolve())
  return {
    address,
    asked: asked.promise,
    signal: (signal) => child.kill(signal),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
