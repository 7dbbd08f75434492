import { type Environment, readConfig, retry, type Service } from '@sallyport/runtime'
import { type Running, runningOn } from '../connection.ts'

/** Another process that has the data folder may still be starting, or be waiting for it. */
const OTHER_WITHIN_MS = 20_000
const ANSWER_MS = 5000

/**
 * Sallyport in this process, for wrappers that find none running; it serves every other one on the machine too. It ends
 * when a person starts one on the same data folder, and that one goes on.
 */
export class EmbeddedSallyport {
  readonly #folder: string
  readonly #environment: Environment
  #service: Service | undefined

  constructor(folder: string, environment: Environment) {
    this.#folder = folder
    this.#environment = environment
  }

  /** The Sallyport of the data folder: the one that runs there, else this one, begun now. */
  running(): Promise<Running> {
    return retry(() => this.#foundOrBegun(), {
      firstMs: 50,
      longestMs: 200,
      deadlineMs: OTHER_WITHIN_MS,
      isFinal: (reason) => codeOf(reason) !== 'SP_ALREADY_RUNNING',
    })
  }

  async stop(): Promise<void> {
    const service = this.#service
    this.#service = undefined
    await service?.stop()
  }

  /** Rejects with AlreadyRunning while another process has the folder and does not listen yet, or is ending. */
  async #foundOrBegun(): Promise<Running> {
    const running = await this.#found()
    if (running !== undefined) return running
    // After a crash another process may have its number; the lock on the log says whether it runs.
    await this.#start()
    const begun = await this.#found()
    if (begun === undefined) throw new Error(`the Sallyport of ${this.#folder} does not answer`)
    return begun
  }

  async #found(): Promise<Running | undefined> {
    const running = runningOn(this.#folder)
    return running !== undefined && (await answers(running.api)) ? running : undefined
  }

  async #start(): Promise<void> {
    const { AlreadyRunning, createStandalone, folderIsWanted, standaloneSpec } = await import(
      '@sallyport/standalone'
    )
    if (folderIsWanted(this.#folder)) throw new AlreadyRunning(this.#folder, undefined)
    const begun = Promise.withResolvers<void>()
    const environment = { ...this.#environment, SALLYPORT_DATA: this.#folder }
    const service = createStandalone({
      config: readConfig(standaloneSpec, environment),
      environment,
      // Standard output is the client's.
      say: () => {},
      giveWay: () => void begun.promise.then(() => this.stop()),
    })
    try {
      await service.start()
      this.#service = service
      begun.resolve()
    } catch (reason) {
      await service.stop()
      throw reason
    }
  }
}

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
