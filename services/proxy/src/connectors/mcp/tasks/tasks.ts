import type { ApprovalState } from '@sallyport/rpc'
import { newId } from '@sallyport/runtime'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { McpCall } from '../message/call.ts'
import { HeldTask } from './held-task.ts'
import type { TaskIds, TaskRef } from './task-ids.ts'
import { isOver } from './task-state.ts'

export interface TasksOptions {
  readonly ids: TaskIds
  /** Where other proxies reach this one, and which process it is. */
  readonly address: string | null
  readonly process: string
  readonly ttlMs: number
  readonly pollMs: number
  readonly maxBytes: number
  readonly clock: () => Date
  readonly where: (approvalId: string) => string
}

/** The held calls of this process that have become tasks, until nobody may ask for them any more. */
export class Tasks {
  readonly #options: TasksOptions
  readonly #tasks = new Map<string, { readonly task: HeldTask; timer: NodeJS.Timeout }>()

  constructor(options: TasksOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#tasks.size
  }

  /** A task is a promise to keep its result. When no more results may be kept, no task is made. */
  hasRoomFor(call: McpCall): boolean {
    let bytes = call.canonical.length
    for (const { task } of this.#tasks.values()) bytes += task.bytes
    return bytes <= this.#options.maxBytes
  }

  create({ call, passed }: McpExchange, { approvalId }: ApprovalState): HeldTask {
    const { ids, address, process, ttlMs, pollMs, clock, where } = this.#options
    const createdAt = clock().toISOString()
    const ref: TaskRef = { key: newId(), owner: address, process, approvalId, createdAt, ttlMs }
    const taskId = ids.seal(call, ref)
    const task = new HeldTask({ taskId, ref, call, passed, pollIntervalMs: pollMs, clock, where })
    this.#tasks.set(ref.key, { task, timer: this.#retire(task) })
    return task
  }

  find({ key }: TaskRef): HeldTask | undefined {
    return this.#tasks.get(key)?.task
  }

  /** The task that `tasks/get`, `tasks/update` or `tasks/cancel` is about, where it is one of a proxy's. */
  named(call: McpCall): { readonly ref: TaskRef | undefined } | undefined {
    const { message, era } = call
    if (era !== 'stateless' || message?.kind !== 'request' || !METHODS.has(message.method)) return undefined
    const { params } = message
    const taskId = params !== undefined && 'taskId' in params ? params['taskId'] : undefined
    const { ids } = this.#options
    return ids.isOurs(taskId) ? { ref: ids.open(call, taskId) } : undefined
  }

  stop(): void {
    for (const { timer } of this.#tasks.values()) clearTimeout(timer)
    this.#tasks.clear()
  }

  #retire(task: HeldTask): NodeJS.Timeout {
    return setTimeout(() => {
      const kept = this.#tasks.get(task.key)
      if (isOver(task.state) || kept === undefined) {
        this.#tasks.delete(task.key)
        return
      }
      task.extend()
      kept.timer = this.#retire(task)
    }, this.#options.ttlMs).unref()
  }
}

const METHODS: ReadonlySet<string> = new Set(['tasks/get', 'tasks/update', 'tasks/cancel'])
