import { expect, test } from 'vitest'
import { NotRecorded } from '../../domain/faults.ts'
import { denial, faultDenial } from '../../domain/verdict.ts'
import type { Exchange } from '../exchange.ts'
import { Repeats } from './repeats.ts'

const TIMES = { shortAfter: 3, pauseAfter: 5, pauseMs: 10_000 }
const DENIED = denial('protocol', 'a rule', 'a reason')

function call(argsDigest: string, gatewayId = 'g1', upstreamId = 'u1'): Pick<Exchange, 'call' | 'evidence'> {
  const evidence = { argsDigest }
  const action = { recordedAction: 'mcp.tools.drop', method: 'tools/call' }
  return {
    call: { ...action, gateway: { id: gatewayId }, upstream: { id: upstreamId } },
    evidence,
  } as unknown as Pick<Exchange, 'call' | 'evidence'>
}

const at = (ms: number) => new Date(1_000_000 + ms)

test('a call that is denied again and again is told in fewer words, then to pause, and of once', () => {
  const repeats = new Repeats(TIMES)
  const told = Array.from({ length: 7 }, (_, n) => repeats.deny(call('a'), DENIED, at(n)))
  expect(told.map(({ repeat }) => repeat.told)).toEqual([
    'whole',
    'whole',
    'short',
    'short',
    'paused',
    'paused',
    'paused',
  ])
  expect(told.map(({ repeat }) => repeat.times)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(told.flatMap(({ repeating }) => repeating ?? [])).toEqual([
    { times: 5, since: at(0), pauseMs: 10_000 },
  ])
})

test('a pause ends when it was said to, and the next one is twice as long, up to five minutes', () => {
  const repeats = new Repeats(TIMES)
  for (let n = 0; n < 5; n++) repeats.deny(call('a'), DENIED, at(0))
  const paused = (ms: number) => repeats.deny(call('a'), DENIED, at(ms)).repeat.pauseMs
  expect(paused(4000)).toBe(6000)
  expect(paused(10_000)).toBe(20_000)
  expect(paused(30_000)).toBe(40_000)
  let now = 70_000
  for (let n = 0; n < 6; n++) now += paused(now)
  expect(paused(now)).toBe(300_000)
})

test.each([
  ['other arguments', call('b')],
  ['another gateway', call('a', 'g2')],
  ['an upstream that was registered anew', call('a', 'g1', 'u2')],
])('%s are another call', (_, other) => {
  const repeats = new Repeats(TIMES)
  for (let n = 0; n < 9; n++) repeats.deny(call('a'), DENIED, at(n))
  expect(repeats.deny(other, DENIED, at(9)).repeat).toEqual({ times: 1, told: 'whole', pauseMs: 0 })
})

test('faults and limits are not counted', () => {
  const repeats = new Repeats(TIMES)
  for (let n = 0; n < 9; n++) {
    expect(repeats.deny(call('a'), faultDenial(new NotRecorded()), at(n)).repeat.told).toBe('whole')
    expect(repeats.deny(call('a'), denial('limit', 'a limit', 'too many'), at(n)).repeat.told).toBe('whole')
  }
  expect(repeats.size).toBe(0)
})

test('ten minutes of silence are forgotten', () => {
  const repeats = new Repeats(TIMES)
  for (let n = 0; n < 9; n++) repeats.deny(call('a'), DENIED, at(n))
  expect(repeats.deny(call('a'), DENIED, at(600_008)).repeat.times).toBe(1)
})

test('however many calls are denied, no more than ten thousand are remembered', () => {
  const repeats = new Repeats(TIMES)
  for (let n = 0; n < 10_500; n++) repeats.deny(call(String(n)), DENIED, at(n))
  expect(repeats.size).toBe(10_000)
})

test('nothing is counted where the operator says so', () => {
  const repeats = new Repeats({ ...TIMES, pauseAfter: 0 })
  for (let n = 0; n < 9; n++)
    expect(repeats.deny(call('a'), DENIED, at(n)).repeat).toEqual({ times: 1, told: 'whole', pauseMs: 0 })
})
