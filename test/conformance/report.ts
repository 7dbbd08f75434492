import { reasonOf } from './by-design.ts'
import { countsOf, type Difference } from './compare-checks.ts'
import type { Check } from './run-suite.ts'
import { scored } from './scored.ts'

export interface Compared {
  readonly title: string
  readonly revision: string
  /** Whether what is tested should itself pass everything that counts. */
  readonly complete: boolean
  readonly direct: readonly Check[]
  readonly proxied: readonly Check[]
  readonly differences: readonly Difference[]
}

const LONGEST_SHOWN = 160

/** Prints what came out; gives whether the proxy changes nothing, and what is tested passes what it should. */
export function report({ title, revision, complete, direct, proxied, differences: all }: Compared): boolean {
  const byDesign = Map.groupBy(all, reasonOf)
  const differences = byDesign.get(undefined) ?? []
  const failures = complete ? scored(direct, revision).filter(({ status }) => status === 'FAILURE') : []
  console.log(`${title}, direct:            ${countsOf(direct)}`)
  console.log(`${title}, through the proxy: ${countsOf(proxied)}`)
  console.log(`${title}, differences:       ${differences.length}`)
  for (const [why, { length }] of byDesign)
    if (why !== undefined) console.log(`  ${length} by design: ${why}`)
  for (const { scenario, id, errorMessage = '' } of failures)
    console.log(shortened(`  ${scenario} ${id} fails without the proxy: ${errorMessage}`))
  for (const { scenario, id, direct, proxied, errorMessage } of differences)
    console.log(
      shortened(`  ${scenario} ${id}: ${shortened(direct)} → ${shortened(proxied)} ${errorMessage}`),
    )
  return failures.length === 0 && differences.length === 0
}

function shortened(text: string): string {
  const line = text.replaceAll('\n', '⏎')
  return line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line
}
