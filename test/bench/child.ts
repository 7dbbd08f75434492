import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface BenchChild {
  readonly url: string
  readonly pid: number
  stop(): void
}

/** Starts one of this folder's servers and waits for its port. It ends with this process. */
export async function startChild(file: string, ...args: string[]): Promise<BenchChild> {
  const child: ChildProcess = fork(fileURLToPath(new URL(file, import.meta.url)), args)
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number))
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
  })
  return { url: `http://127.0.0.1:${port}/mcp`, pid: child.pid as number, stop: () => child.disconnect() }
}
