const FIRST_MS = 250
const LONGEST_MS = 30_000

/** How long an upstream whose children end before they ever answer is left alone: twice as long each time. */
export class Restarts {
  readonly #failures = new Map<string, { readonly count: number; readonly until: number }>()

  /** Milliseconds until the next start may be tried; 0 for now. */
  waitOf(upstream: string, now: number): number {
    return Math.max(0, (this.#failures.get(upstream)?.until ?? 0) - now)
  }

  failed(upstream: string, now: number): void {
    const count = (this.#failures.get(upstream)?.count ?? 0) + 1
    const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** (count - 1))
    this.#failures.set(upstream, { count, until: now + wait })
  }

  succeeded(upstream: string): void {
    this.#failures.delete(upstream)
  }

  keepOnly(upstreams: ReadonlySet<string>): void {
    for (const name of this.#failures.keys()) if (!upstreams.has(name)) this.#failures.delete(name)
  }
}
