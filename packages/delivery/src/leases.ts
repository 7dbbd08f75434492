/** The right to be the one instance of a consumer that works. */
export interface Lease {
  release(): Promise<void>
}

/** Gives each name's lease to one holder at a time. */
export interface Leases {
  /** Waits for the lease; undefined when the signal was given before. */
  acquire(name: string, signal: AbortSignal): Promise<Lease | undefined>
}

/** Leases among the instances in one process. */
export function memoryLeases(): Leases {
  const lines = new Map<string, (() => void)[]>()
  const release = (name: string) => {
    const next = lines.get(name)?.shift()
    if (next) next()
    else lines.delete(name)
  }
  return {
    async acquire(name, signal) {
      if (signal.aborted) return undefined
      const line = lines.get(name)
      if (line) {
        const { promise, resolve } = Promise.withResolvers<boolean>()
        const enter = () => resolve(true)
        line.push(enter)
        signal.addEventListener(
          'abort',
          () => {
            const place = line.indexOf(enter)
            if (place >= 0) line.splice(place, 1)
            resolve(false)
          },
          { once: true },
        )
        if (!(await promise)) return undefined
      } else {
        lines.set(name, [])
      }
      return { release: async () => release(name) }
    },
  }
}
