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
 * within a second; both come back when it does. While none is well, those that answer at all are tried, and then all.
 */
export class Rotation {
  readonly #targets: readonly string[]
  readonly #order: 'turns' | 'preferred'
  /** Not well; of these, the silent do not even answer. */
  readonly #away = new Set<string>()
  readonly #silent = new Set<string>()
  readonly #closed = new AbortController()
  #turn = 0

  /** `targets` are addresses such as `http://127.0.0.1:41001`; `preferred`: the first of them that will do. */
  constructor(targets: readonly string[], order: 'turns' | 'preferred' = 'turns') {
    this.#targets = targets
    this.#order = order
    for (const target of targets) void this.#watch(target)
  }

  next(): string {
    const usable = this.#usable()
    const among = usable.length > 0 ? usable : this.#targets
    if (this.#order === 'preferred') return among[0] as string
    this.#turn += 1
    return among[this.#turn % among.length] as string
  }

  /**
   * Connects to a target or, where it refuses, to the next one: nothing has been sent yet. What was sent is not repeated.
   */
  readonly connect = ({ hostname, port }: ConnectTo, connected: Connected): void => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    const refused = (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') this.#leaves(`http://${hostname}:${port}`, 'silent')
      const [other] = error.code === 'ECONNREFUSED' ? this.#usable() : []
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

  /** How many are well. */
  well(): number {
    return this.#targets.filter((target) => !this.#away.has(target)).length
  }

  #usable(): readonly string[] {
    const well = this.#targets.filter((target) => !this.#away.has(target))
    return well.length > 0 ? well : this.#targets.filter((target) => !this.#silent.has(target))
  }

  #leaves(target: string, as: 'unwell' | 'silent'): void {
    this.#away.add(target)
    if (as === 'silent') this.#silent.add(target)
    else this.#silent.delete(target)
  }

  async #watch(target: string): Promise<void> {
    const { signal } = this.#closed
    while (!signal.aborted) {
      const state = await stateOf(target, signal)
      if (state !== 'well') this.#leaves(target, state)
      else {
        this.#away.delete(target)
        this.#silent.delete(target)
      }
      await delay(PROBE_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
}

async function stateOf(target: string, closed: AbortSignal): Promise<'well' | 'unwell' | 'silent'> {
  try {
    const signal = AbortSignal.any([closed, AbortSignal.timeout(PROBE_WITHIN_MS)])
    const response = await fetch(`${target}/healthz`, { signal })
    await response.body?.cancel()
    return response.ok ? 'well' : 'unwell'
  } catch {
    return 'silent'
  }
}
