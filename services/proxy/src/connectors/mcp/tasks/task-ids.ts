import { upstreamDigest } from '@sallyport/control'
import { Sealer } from '../../../reaching/sealer.ts'
import type { McpCall } from '../message/call.ts'

/** The content of a task id of ours: enough to find the task, or to say what became of it when its process is gone. */
export interface TaskRef {
  readonly key: string
  /** The address at which other proxies reach the proxy that has it; null where there are no others. */
  readonly owner: string | null
  /** The process that has it: one that was started again at the same address has not. */
  readonly process: string
  readonly approvalId: string
  /** RFC 3339. */
  readonly createdAt: string
  readonly ttlMs: number
}

const LONGEST = 2048

type Owner = Pick<McpCall, 'gateway' | 'upstream'>

/** Task ids as clients hold them, sealed: only the gateway that got one can ask for it, at the same upstream. */
export class TaskIds {
  readonly #sealer: Sealer

  constructor(key: Uint8Array) {
    this.#sealer = new Sealer(key, 'spt1.', LONGEST)
  }

  seal(owner: Owner, ref: TaskRef): string {
    return this.#sealer.seal(JSON.stringify(ref), binding(owner))
  }

  open(owner: Owner, taskId: string): TaskRef | undefined {
    const text = this.#sealer.open(taskId, binding(owner))
    return text === undefined ? undefined : (JSON.parse(text) as TaskRef)
  }

  /** Whether it says that it is one of ours; the upstream's own pass. */
  isOurs(taskId: unknown): taskId is string {
    return typeof taskId === 'string' && this.#sealer.seals(taskId)
  }
}

function binding({ gateway, upstream }: Owner): readonly string[] {
  return [gateway.id, upstream.name, upstreamDigest(upstream)]
}
