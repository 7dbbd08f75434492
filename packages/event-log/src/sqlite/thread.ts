import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { LogDamage } from '../damage/log-damage.ts'
import { EventLogLocked, EventLogUnavailable, EventLogUnreadable } from '../errors.ts'
import type { Answer, Ask, Exchanges, Kind, Opening } from './protocol.ts'

type Opened = Extract<Opening, { opened: true }>

interface Pending {
  readonly resolve: (value: never) => void
  readonly reject: (reason: unknown) => void
}

/** The other side of worker.ts: what is asked within one turn of the event loop crosses in one message. */
export class SqliteThread {
  /** The next offset of each topic as it was when the file was opened. */
  readonly ends: ReadonlyMap<string, number>
  /** What was wrong with it then. */
  readonly damage: readonly LogDamage[]
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #asks: Ask[] = []
  #moved: ArrayBuffer[] = []
  #lastId = 0
  #ended: Error | undefined

  private constructor(worker: Worker, { ends, damage }: Opened) {
    this.#worker = worker
    this.ends = ends
    this.damage = damage
    worker.on('message', (answers: Answer[]) => {
      for (const answer of answers) this.#settle(answer)
    })
    worker.on('error', (cause) => this.#end(new EventLogUnavailable('its thread failed', { cause })))
    worker.on('exit', () => this.#end(new EventLogUnavailable('its thread ended')))
  }

  /** Throws `EventLogLocked`, `EventLogUnreadable` or `EventLogUnavailable`. */
  static async open(path: string): Promise<SqliteThread> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { path },
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    // Listened for from the beginning: a thread that ends at once is told of in one go with its last message.
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    const ended = exited.then((): never => {
      throw new EventLogUnavailable(`${path} cannot be opened (its thread ended)`)
    })
    const [opening] = (await Promise.race([once(worker, 'message'), ended])) as [Opening]
    if (opening.opened) return new SqliteThread(worker, opening)
    await exited
    if (opening.why === 'locked') throw new EventLogLocked(path)
    if (opening.why === 'unreadable') throw new EventLogUnreadable(path, opening.reason)
    throw new EventLogUnavailable(`${path} cannot be opened (${opening.reason})`)
  }

  /** Rejects with `EventLogUnavailable` and what SQLite said. `moved` is gone from this thread afterwards. */
  ask<K extends Kind>(
    kind: K,
    ask: Exchanges[K]['ask'],
    moved?: ArrayBuffer,
  ): Promise<Exchanges[K]['answer']> {
    if (this.#ended) return Promise.reject(this.#ended)
    this.#lastId += 1
    const id = this.#lastId
    if (this.#asks.length === 0) queueMicrotask(() => this.#post())
    this.#asks.push({ kind, id, ...ask } as unknown as Ask)
    if (moved) this.#moved.push(moved)
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
    })
  }

  async close(): Promise<void> {
    if (this.#ended) return
    const exited = once(this.#worker, 'exit')
    await this.ask('close', {})
    await exited
  }

  #post(): void {
    this.#worker.postMessage(this.#asks, this.#moved)
    this.#asks = []
    this.#moved = []
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id)
    this.#pending.delete(answer.id)
    if (answer.ok) pending?.resolve(answer.value as never)
    else pending?.reject(new EventLogUnavailable(answer.reason))
  }

  #end(reason: Error): void {
    this.#ended ??= reason
    for (const pending of this.#pending.values()) pending.reject(this.#ended)
    this.#pending.clear()
  }
}
