import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, SallyportError } from './errors.ts'

/**
 * Something that runs until it is stopped. `stop` may be called once after `start`, whether that succeeded or failed.
 */
export interface Service {
  start(): Promise<void>
  stop(): Promise<void>
}

/** How long `stop` may take before the process ends without it. */
const STOP_DEADLINE_MS = 5000

/**
 * Runs a service as this process: starts it, stops it on SIGINT and SIGTERM, and exits 0. A service that cannot
 * start, or takes longer than five seconds to stop, ends the process with 1 and one line on standard error. Standard
 * output and standard error that cannot be written end nothing.
 */
export async function runProcess(create: () => Service | Promise<Service>): Promise<void> {
  let service: Service | undefined
  let stopping = false
  const stop = (code: number) => {
    if (stopping) return
    stopping = true
    void endWithin(STOP_DEADLINE_MS, service).then((clean) => process.exit(clean ? code : 1))
  }
  // A full disk or a reader that is gone must not end what is running.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  process.on('SIGINT', () => stop(0))
  process.on('SIGTERM', () => stop(0))
  try {
    service = await create()
    await service.start()
  } catch (reason) {
    // A start that was told to stop fails by it.
    if (!stopping) process.stderr.write(`${oneLine(reason)}\n`)
    stop(1)
  }
}

async function endWithin(ms: number, service: Service | undefined): Promise<boolean> {
  const late = delay(ms, false, { ref: false })
  const ended = (service?.stop() ?? Promise.resolve()).then(
    () => true,
    (reason: unknown) => {
      process.stderr.write(`${oneLine(reason)}\n`)
      return false
    },
  )
  return Promise.race([ended, late])
}

function oneLine(reason: unknown): string {
  const text = messageOf(reason).replaceAll(/\s*\n\s*/g, ' ')
  return reason instanceof SallyportError ? `sallyport: ${text} (${reason.code})` : `sallyport: ${text}`
}
