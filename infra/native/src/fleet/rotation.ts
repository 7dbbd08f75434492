import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const PROBE_EVERY_MS = 250
const PROBE_WITHIN_MS = 2000

/** What an undici connector is given, as far as it is used here. */
export interface ConnectTo {
  readonly hostname: string
  readonly port: string
}

export type Connected = (...args: [error: null, socket: Socket] | [error: Error, socket: null]) => void

/**
 * The targets that take turns. One that refuses a connection leaves at once, one whose /healthz does not answer well leaves
 * within a second; both come back when it does. While none is well, all are tried.
 */
export class Rotation {
  readonly #targets: readonly string[]
  readonly #away = new Set<string>()
  readonly #closed = new AbortController()
  #turn = 0

  /** `targets` are addresses such as `http://127.0.0.1:41001`. */
  constructor(targets: readonly string[]) {
    this.#targets = targets
    for (const target of targets) void this.#watch(target)
  }

  next(): string {
    const well = this.#well()
    const among = well.length > 0 ? well : this.#targets
    this.#turn += 1
    return among[this.#turn % among.length] as string
  }

  /**
   * Connects to a target or, where it refuses, to the next one: nothing has been sent yet. What was sent is not repeated.
   */
  readonly connect = ({ hostname, port }: ConnectTo, connected: Connected): void => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    const refused = (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') this.#away.add(`http://${hostname}:${port}`)
      const [other] = error.code === 'ECONNREFUSED' ? this.#well() : []
      if (other === undefined) connected(error, null)
      else this.connect(new URL(other), connected)
    }
    socket.once('error', refused)
    socket.once('connect', () => {
      socket.off('error', refused)
      connected(null, socket)
    })
  }

  close(): void {
    this.#closed.abort()
  }

  #well(): readonly string[] {
    return this.#targets.filter((target) => !this.#away.has(target))
  }

  async #watch(target: string): Promise<void> {
    const { signal } = this.#closed
    while (!signal.aborted) {
      if (await answersWell(target, signal)) this.#away.delete(target)
      else this.#away.add(target)
      await delay(PROBE_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
}

async function answersWell(target: string, closed: AbortSignal): Promise<boolean> {
  try {
    const signal = AbortSignal.any([closed, AbortSignal.timeout(PROBE_WITHIN_MS)])
    const response = await fetch(`${target}/healthz`, { signal })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
