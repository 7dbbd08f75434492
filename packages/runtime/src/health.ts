/** `degraded`: it works with less; `down`: it does not. */
export type HealthStatus = 'ok' | 'degraded' | 'down'

export interface Health {
  readonly status: HealthStatus
  /** Why it is not well, for a person; absent when it is. */
  readonly reason?: string
  /** Figures worth showing beside it, such as `{ lag: 12 }`. */
  readonly facts?: Readonly<Record<string, number | string>>
}

export type HealthCheck = () => Health | Promise<Health>

/** Reads every part's health; a check that throws or takes longer than `deadlineMs` is `down` with that reason. */
export async function readHealth(
  checks: Readonly<Record<string, HealthCheck>>,
  deadlineMs = 1000,
): Promise<Record<string, Health>> {
  const parts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await checked(check, deadlineMs)] as const),
  )
  return Object.fromEntries(parts)
}

/** The worst of several: what a process as a whole is. */
export function worstStatus(parts: Iterable<Health>): HealthStatus {
  const statuses = new Set([...parts].map((part) => part.status))
  if (statuses.has('down')) return 'down'
  return statuses.has('degraded') ? 'degraded' : 'ok'
}

async function checked(check: HealthCheck, deadlineMs: number): Promise<Health> {
  const late = Promise.withResolvers<Health>()
  const timer = setTimeout(
    () => late.resolve({ status: 'down', reason: `no answer in ${deadlineMs} ms` }),
    deadlineMs,
  )
  try {
    return await Promise.race([check(), late.promise])
  } catch (reason) {
    return { status: 'down', reason: reason instanceof Error ? reason.message : String(reason) }
  } finally {
    clearTimeout(timer)
  }
}
