import { expect, test } from 'vitest'
import { runBothWays } from './run-both-ways.ts'
import type { Check } from './run-suite.ts'

const check = (scenario: string, status: Check['status']): Check => ({ scenario, id: 'it', status })

/** Gives the scenarios that it was asked for, and answers as told: first the whole suite, then one by one. */
function suite(...answers: readonly (readonly Check[])[]) {
  const asked: (string | undefined)[] = []
  return { asked, run: async (scenario?: string) => answers[asked.push(scenario) - 1] ?? [] }
}

test('a scenario that comes out differently is run again by itself, both ways, and what it says then counts', async () => {
  const straight = suite([check('a', 'SUCCESS'), check('b', 'SUCCESS')], [check('b', 'SUCCESS')])
  const through = suite([check('a', 'SUCCESS'), check('b', 'FAILURE')], [check('b', 'SUCCESS')])
  const { direct, proxied } = await runBothWays('2025-11-25', true, straight.run, through.run)
  expect([straight.asked, through.asked]).toEqual([
    [undefined, 'b'],
    [undefined, 'b'],
  ])
  expect(proxied).toEqual(direct)
})

test('one that is lost again stays lost', async () => {
  const straight = suite([check('b', 'SUCCESS')], [check('b', 'SUCCESS')])
  const through = suite([check('b', 'FAILURE')], [check('b', 'FAILURE')])
  expect((await runBothWays('2025-11-25', true, straight.run, through.run)).proxied).toEqual([
    check('b', 'FAILURE'),
  ])
})

test('where much is lost nothing is run again', async () => {
  const scenarios = Array.from({ length: 7 }, (_, at) => `s${at}`)
  const straight = suite(scenarios.map((name) => check(name, 'SUCCESS')))
  const through = suite(scenarios.map((name) => check(name, 'FAILURE')))
  await runBothWays('2025-11-25', true, straight.run, through.run)
  expect(through.asked).toEqual([undefined])
})
