import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Check } from './run-suite.ts'

const SUITE = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')
/** A scenario that a revision runs without counting it: an extension, one added later, one nobody passes yet. */
const NOT_SCORED = /^ {2}- scenario: (\S+)$/gm

/** The checks that decide whether an implementation conforms to a revision. */
export function scored(checks: readonly Check[], revision: string): readonly Check[] {
  const requirements = readFileSync(new URL(`requirements/${revision}.yaml`, `file://${SUITE}`), 'utf8')
  const others = new Set([...requirements.matchAll(NOT_SCORED)].map(([, scenario]) => scenario))
  return checks.filter(({ scenario }) => !others.has(scenario))
}
