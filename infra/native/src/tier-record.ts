import type { Enquiry } from './engine-desk.ts'

const key = Symbol.for('sallyport.test-engines')

/**
 * What suites asked for in this test run. Kept on the global object because vitest loads the global setup of each
 * project and the reporter as separate copies of their modules, all in one process.
 */
export function tierRecord(): Enquiry[] {
  const place = globalThis as { [key]?: Enquiry[] }
  place[key] ??= []
  return place[key]
}
