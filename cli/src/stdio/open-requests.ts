type Id = string | number

/**
 * The requests of the client that wait for an answer. The lines are not read strictly: they only serve to tell the
 * client that no answer will come. The proxy judges them.
 */
export class OpenRequests {
  readonly #open = new Set<string>()

  get size(): number {
    return this.#open.size
  }

  /** A line from the client. Returns its id where it wants an answer. */
  asked(line: Uint8Array): Id | undefined {
    const message = read(line)
    const id = message?.['id']
    if (message?.['method'] === 'notifications/cancelled') this.#cancelled(message['params'])
    if (typeof message?.['method'] !== 'string' || !isId(id)) return undefined
    this.#open.add(JSON.stringify(id))
    return id
  }

  /** A line to the client. */
  told(line: Uint8Array): void {
    if (this.#open.size === 0) return
    const message = read(line)
    if (message !== undefined && !('method' in message) && isId(message['id']))
      this.#open.delete(JSON.stringify(message['id']))
  }

  answered(id: Id): void {
    this.#open.delete(JSON.stringify(id))
  }

  /** A cancelled request has no answer. */
  #cancelled(params: unknown): void {
    const id = (params as { readonly requestId?: unknown } | null | undefined)?.requestId
    if (isId(id)) this.answered(id)
  }

  /** Those that wait, which do not any more. */
  takeAll(): Id[] {
    const ids = [...this.#open].map((text) => JSON.parse(text) as Id)
    this.#open.clear()
    return ids
  }
}

function isId(id: unknown): id is Id {
  return typeof id === 'string' || Number.isSafeInteger(id)
}

function read(line: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(line).toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
