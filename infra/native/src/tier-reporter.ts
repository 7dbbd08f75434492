import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'
import type { Enquiry } from './engine-desk.ts'
import { tierRecord } from './tier-record.ts'

/** Vitest's last words: which tier each engine ran on, which suites were skipped for want of one, and the count. */
export class TierReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], faults: readonly unknown[]): void {
    const lines = describeTiers(tierRecord().splice(0))
    if (lines.length > 0) console.log(['Engines', ...lines, ''].join('\n'))
    console.log(countLine(modules, faults.length))
  }
}

/** A line for each engine and tier, followed by the suites that went without. */
export function describeTiers(enquiries: readonly Enquiry[]): string[] {
  const groups = Map.groupBy(enquiries, ({ news }) => `engine ${news.engine}: ${news.label}`)
  return [...groups].toSorted().flatMap(([line, members]) => {
    const suites = [...new Set(members.map(({ suite }) => relative(process.cwd(), suite)))].toSorted()
    const available = members.every(({ news }) => news.available)
    if (available) return [`  ${line}, ${suites.length} suite${suites.length === 1 ? '' : 's'}`]
    return [`  ${line}`, ...suites.map((suite) => `    skipped ${suite}`)]
  })
}

/** `N passed, N failed, N skipped`. A file that could not be read and a fault outside any test count as failed. */
export function countLine(modules: readonly TestModule[], faults: number): string {
  const count = { passed: 0, failed: faults, skipped: 0, pending: 0 }
  for (const module of modules) {
    const before = count.failed
    for (const test of module.children.allTests()) count[test.result().state] += 1
    if (module.state() === 'failed' && count.failed === before) count.failed += 1
  }
  return `${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped`
}
