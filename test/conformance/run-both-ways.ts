import { reasonOf } from './by-design.ts'
import { compareChecks } from './compare-checks.ts'
import type { Check } from './run-suite.ts'
import { scored } from './scored.ts'

/** Runs the whole of a suite, or one of its scenarios. */
export type Run = (scenario?: string) => Promise<readonly Check[]>

export interface BothWays {
  readonly direct: readonly Check[]
  readonly proxied: readonly Check[]
}

/** So many are not an accident. */
const MOST_AGAIN = 6

/**
 * A suite straight and through the proxy. It runs all its clients at once and waits for none of them long, so on a
 * busy machine one comes late: a scenario that differs, or fails where everything should pass, is run again by itself.
 */
export async function runBothWays(
  revision: string,
  complete: boolean,
  straight: Run,
  through: Run,
): Promise<BothWays> {
  let both: BothWays = { direct: await straight(), proxied: await through() }
  const again = shaky(revision, complete, both)
  if (again.size > MOST_AGAIN) return both
  for (const scenario of again) {
    console.log(`  ${scenario} is run again`)
    const others = (checks: readonly Check[]) => checks.filter((check) => check.scenario !== scenario)
    both = {
      direct: [...others(both.direct), ...(await straight(scenario))],
      proxied: [...others(both.proxied), ...(await through(scenario))],
    }
  }
  return both
}

function shaky(revision: string, complete: boolean, { direct, proxied }: BothWays): ReadonlySet<string> {
  const failed = complete ? scored(direct, revision).filter(({ status }) => status === 'FAILURE') : []
  const different = compareChecks(direct, proxied).filter((difference) => reasonOf(difference) === undefined)
  return new Set([...failed, ...different].map(({ scenario }) => scenario))
}
