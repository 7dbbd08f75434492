import { expect, test } from 'vitest'
import { type ActionVerdict, denial } from '../domain/verdict.ts'
import type { Exchange } from './exchange.ts'
import { PASS_REQUEST, passRequest, type RequestPhase, type RequestStep } from './request-phases.ts'

const exchange = {} as Exchange
const refused = denial('limit', 'limit: test', 'too much')
const allowed: ActionVerdict = { ...refused, outcome: 'allow', rule: 'permission *' }
const held: ActionVerdict = { ...allowed, outcome: 'hold' }

function watched(...steps: readonly RequestStep[]) {
  const seen: string[] = []
  const phases = steps.map(
    (step, at): RequestPhase => ({
      name: `phase ${at}`,
      pass({ verdict }) {
        seen.push(`${at} ${verdict.outcome}`)
        return at % 2 === 0 ? step : Promise.resolve(step)
      },
    }),
  )
  return { phases, seen }
}

test('phases are passed in their order, and one may change what the next sees', async () => {
  const other = { answer: {} } as Exchange
  const changed = { step: 'change', to: { exchange: other, verdict: allowed } } as const
  const { phases, seen } = watched(PASS_REQUEST, changed, { step: 'hold', verdict: held }, PASS_REQUEST)
  expect(await passRequest(phases, { exchange, verdict: allowed })).toEqual({
    exchange: other,
    verdict: held,
  })
  expect(seen).toEqual(['0 allow', '1 allow', '2 allow', '3 hold'])
})

test('no phase sees what was refused before it', async () => {
  const { phases, seen } = watched({ step: 'refuse', verdict: refused }, PASS_REQUEST)
  expect((await passRequest(phases, { exchange, verdict: held })).verdict).toBe(refused)
  expect(seen).toEqual(['0 hold'])
  expect((await passRequest(phases, { exchange, verdict: refused })).verdict).toBe(refused)
  expect(seen).toHaveLength(1)
})
