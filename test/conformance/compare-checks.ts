import type { Check } from './run-suite.ts'

/** A check that came out differently through the proxy; an empty side is a check that was not made there. */
export interface Difference {
  readonly scenario: string
  readonly id: string
  readonly direct: string
  readonly proxied: string
  readonly errorMessage: string
}

/** Compares two runs check for check. The repeated checks of one id are compared as a whole, in their order. */
export function compareChecks(direct: readonly Check[], proxied: readonly Check[]): readonly Difference[] {
  const [before, after] = [grouped(direct), grouped(proxied)]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [one, other] = [before.get(key) ?? [], after.get(key) ?? []]
    if (statuses(one) === statuses(other)) return []
    const [{ scenario, id }] = [...one, ...other] as [Check]
    const errorMessage = [...other, ...one].find((check) => check.errorMessage)?.errorMessage ?? ''
    return [{ scenario, id, direct: statuses(one), proxied: statuses(other), errorMessage }]
  })
}

/** How many checks have each status, e.g. `84 SUCCESS, 3 INFO`. */
export function countsOf(checks: readonly Check[]): string {
  const counts = Map.groupBy(checks, ({ status }) => status)
  return [...counts].map(([status, having]) => `${having.length} ${status}`).join(', ')
}

function grouped(checks: readonly Check[]): Map<string, Check[]> {
  return Map.groupBy(checks, ({ scenario, id }) => `${scenario} ${id}`)
}

function statuses(checks: readonly Check[]): string {
  return checks.map(({ status }) => status).join(' ')
}
