import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import type { TestModule } from 'vitest/node'
import type { EngineNews } from './engine.ts'
import { countLine, describeTiers } from './tier-reporter.ts'

const native: EngineNews = { engine: 'nats', available: true, tier: 'native', label: 'native (NATS 2.9.10)' }
const none: EngineNews = { engine: 'kafka', available: false, tier: 'none', label: 'skipped: no java' }

it('each engine has a line with its tier, and the suites that went without are named', () => {
  const lines = describeTiers([
    { suite: resolve('a.contract.test.ts'), news: native },
    { suite: resolve('b.contract.test.ts'), news: native },
    { suite: resolve('b.contract.test.ts'), news: none },
    { suite: resolve('a.contract.test.ts'), news: none },
    { suite: resolve('a.contract.test.ts'), news: none },
  ])
  expect(lines).toEqual([
    '  engine kafka: skipped: no java',
    '    skipped a.contract.test.ts',
    '    skipped b.contract.test.ts',
    '  engine nats: native (NATS 2.9.10), 2 suites',
  ])
})

it('the count is one plain line', () => {
  const modules = [moduleOf('failed', ['passed', 'failed']), moduleOf('passed', ['passed', 'skipped'])]
  expect(countLine(modules, 0)).toBe('2 passed, 1 failed, 1 skipped')
})

it('a file that could not be loaded and a fault outside any test count as failed', () => {
  expect(countLine([moduleOf('failed', []), moduleOf('passed', ['passed'])], 1)).toBe(
    '1 passed, 2 failed, 0 skipped',
  )
})

function moduleOf(state: string, results: string[]): TestModule {
  const tests = results.map((result) => ({ result: () => ({ state: result }) }))
  return { state: () => state, children: { allTests: () => tests } } as unknown as TestModule
}
