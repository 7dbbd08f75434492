import { type Health, type HealthStatus, worstStatus } from '@sallyport/runtime'

/** The health of a process, with that of its parts where it tells. */
export interface PeerHealth extends Health {
  readonly parts?: Readonly<Record<string, Health>>
}

export interface InstallationHealth {
  readonly status: HealthStatus
  /** The parts of the whole installation by name, then its processes. */
  readonly parts: Readonly<Record<string, Health>>
}

/** One page of the parts of this process and of all others: a part that several have is one row. */
export function installationHealth(
  own: Readonly<Record<string, Health>>,
  peers: Readonly<Record<string, PeerHealth>>,
): InstallationHealth {
  const held = new Map<string, Held[]>()
  const take = (process: string, parts: Readonly<Record<string, Health>>) => {
    for (const [part, health] of Object.entries(parts))
      held.set(part, [...(held.get(part) ?? []), { process, health }])
  }
  take('', own)
  for (const [process, { parts = {} }] of Object.entries(peers)) take(process, parts)
  const combined = Object.fromEntries([...held].map(([part, all]) => [part, combine(all)]))
  const processes = Object.fromEntries(
    Object.entries(peers).map(([process, { parts: _, ...health }]) => [process, health]),
  )
  const status = worstStatus([...Object.values(combined), ...asOneEach(peers)])
  return { status, parts: { ...combined, ...processes } }
}

interface Held {
  readonly process: string
  readonly health: Health
}

/** As long as one of several has the part, the installation has it. */
function combine(all: readonly Held[]): Health {
  const facts = factsOf(all)
  const troubled = all.filter(({ health }) => health.status !== 'ok')
  if (troubled.length === 0) return { status: 'ok', ...facts }
  const reason = troubled
    .map(({ process, health }) => (process === '' ? '' : `${process}: `) + (health.reason ?? health.status))
    .join('; ')
  const status = all.every(({ health }) => health.status === 'down') ? 'down' : 'degraded'
  return { status, reason, ...facts }
}

/** Figures of which each process has its own share. */
const SUMMED = new Set(['lost', 'late', 'kept', 'waiting'])
/** How far the slowest has come. */
const LEAST = new Set(['offset'])

function factsOf(all: readonly Held[]): Pick<Health, 'facts'> {
  const facts: Record<string, number | string> = {}
  for (const { health } of all) {
    for (const [name, value] of Object.entries(health.facts ?? {})) {
      const known = facts[name]
      if (typeof value !== 'number' || typeof known !== 'number') facts[name] = value
      else if (SUMMED.has(name)) facts[name] = known + value
      else facts[name] = LEAST.has(name) ? Math.min(known, value) : Math.max(known, value)
    }
  }
  return Object.keys(facts).length > 0 ? { facts } : {}
}

/** Several of a kind (`proxy-1`, `proxy-2`) stand in for each other: one that is down is a loss, all are an outage. */
function asOneEach(peers: Readonly<Record<string, Health>>): Health[] {
  const kinds = Map.groupBy(Object.entries(peers), ([name]) => name.replace(/-\d+$/, ''))
  return [...kinds.values()].map((kind) => {
    const well = kind.filter(([, health]) => health.status === 'ok').length
    if (well === kind.length) return { status: 'ok' }
    return { status: kind.every(([, health]) => health.status === 'down') ? 'down' : 'degraded' }
  })
}
