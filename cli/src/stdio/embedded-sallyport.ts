import { type Environment, readConfig, retry, type Service } from '@sallyport/runtime'
import { type RunFile, runningOn } from '../connection.ts'

/** Another process that has the data folder may still be starting. */
const OTHER_WITHIN_MS = 10_000
const ANSWER_MS = 5000

/** Sallyport in this process, for wrappers that find none running; it serves every other one on the machine too. */
export class EmbeddedSallyport {
  readonly #folder: string
  readonly #environment: Environment
  #service: Service | undefined

  constructor(folder: string, environment: Environment) {
    this.#folder = folder
    this.#environment = environment
  }

  /** The Sallyport of the data folder: the one that runs there, else this one, begun now. */
  async running(): Promise<RunFile & { readonly token: string }> {
    const running = runningOn(this.#folder)
    if (running !== undefined && (await answers(running.api))) return running
    // After a crash another process may have its number; the lock on the log says whether it runs.
    try {
      await this.#start({})
    } catch (reason) {
      if (codeOf(reason) === 'SP_ADDRESS_TAKEN') await this.#start(ANY_PORT)
      else if (codeOf(reason) !== 'SP_ALREADY_RUNNING') throw reason
    }
    return this.#found()
  }

  async stop(): Promise<void> {
    const service = this.#service
    this.#service = undefined
    await service?.stop()
  }

  async #start(addresses: Environment): Promise<void> {
    const { createStandalone, standaloneSpec } = await import('@sallyport/standalone')
    const environment = { ...this.#environment, ...addresses, SALLYPORT_DATA: this.#folder }
    // Standard output is the client's.
    const service = createStandalone({
      config: readConfig(standaloneSpec, environment),
      environment,
      say: () => {},
    })
    try {
      await service.start()
      this.#service = service
    } catch (reason) {
      await service.stop()
      throw reason
    }
  }

  #found(): Promise<RunFile & { readonly token: string }> {
    const look = async () => {
      const running = runningOn(this.#folder)
      if (running !== undefined && (await answers(running.api))) return running
      throw new Error(`another process has ${this.#folder} and does not say where it listens`)
    }
    return retry(look, { firstMs: 50, longestMs: 100, deadlineMs: OTHER_WITHIN_MS })
  }
}

const ANY_PORT = { SALLYPORT_PROXY_LISTEN: '127.0.0.1:0', SALLYPORT_API_LISTEN: '127.0.0.1:0' }

/** Any answer will do: it shows that somebody listens. */
async function answers(api: string): Promise<boolean> {
  try {
    await fetch(`${api}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'manual' })
    return true
  } catch {
    return false
  }
}

function codeOf(reason: unknown): unknown {
  return (reason as { readonly code?: unknown }).code
}
