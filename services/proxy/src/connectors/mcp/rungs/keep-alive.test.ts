import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Answer } from '../answers/answer.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { KeepAlive } from './keep-alive.ts'
import type { KeepingTimes } from './keeping.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a held caller who does not read gets nothing more until it does', () => {
  const written: string[] = []
  const drained: (() => void)[] = []
  const answer: Partial<Answer> = {
    openStream() {},
    write: (frames) => written.push(frames) < 3,
    onceDrained: (go) => drained.push(go),
  }
  const call = { method: 'tools/call', progressToken: 7 }
  const passed = { accept: 'text/event-stream' }
  const exchange = { answer, call, passed, progressSent: 0 } as unknown as McpExchange
  const parts = { hold: { commentMs: 10, progressMs: 10 } as KeepingTimes }
  const keepAlive = new KeepAlive(parts, exchange)

  vi.advanceTimersByTime(1000)
  expect(written).toHaveLength(3)
  drained[0]?.()
  vi.advanceTimersByTime(10)
  expect(written.length).toBeGreaterThan(3)
  keepAlive.stop()
})
