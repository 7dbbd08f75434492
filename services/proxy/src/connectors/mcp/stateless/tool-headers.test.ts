import { expect, test } from 'vitest'
import type { McpCall } from '../message/call.ts'
import { ToolHeaders } from './tool-headers.ts'

const UPSTREAM = { name: 'files', connector: 'mcp', target: { kind: 'http', url: 'http://127.0.0.1/' } }
const calling = (tool: string) =>
  ({ tool, upstream: { ...UPSTREAM, credential: null } }) as unknown as McpCall

const listed = (tool: string, field: string, ttlMs: number | null = null) => ({
  tools: [
    {
      name: tool,
      inputSchema: { type: 'object', properties: { x: { type: 'string', 'x-mcp-header': field } } },
    },
  ],
  ttlMs,
})

function knowing(...answers: (ReturnType<typeof listed> | undefined)[]) {
  const state = { asked: 0, now: 0 }
  const headers = new ToolHeaders({
    now: () => state.now,
    list: () => Promise.resolve(answers[Math.min(state.asked++, answers.length - 1)]),
  })
  const fieldsOf = async (tool: string) => (await headers.of(calling(tool))).map(({ field }) => field)
  return { headers, state, fieldsOf }
}

test('a tool of which no list has told is asked for once, by however many calls', async () => {
  const { state, fieldsOf } = knowing(listed('a', 'One'))
  expect(await Promise.all([fieldsOf('a'), fieldsOf('a')])).toEqual([['Mcp-Param-One'], ['Mcp-Param-One']])
  expect(state.asked).toBe(1)
})

test('a list that passed makes asking unnecessary', async () => {
  const { headers, state, fieldsOf } = knowing(undefined)
  headers.observe(calling('a'), listed('a', 'One').tools, null)
  expect(await fieldsOf('a')).toEqual(['Mcp-Param-One'])
  expect(state.asked).toBe(0)
})

test('what is out of date is used once more while it is asked for again', async () => {
  const { state, fieldsOf } = knowing(listed('a', 'One', 10_000), listed('a', 'Two', 10_000))
  await fieldsOf('a')
  state.now = 10_001
  expect(await fieldsOf('a')).toEqual(['Mcp-Param-One'])
  expect(await fieldsOf('a')).toEqual(['Mcp-Param-Two'])
  expect(state.asked).toBe(2)
})

test('a tool that is not listed mirrors nothing and is not asked for by each of its calls', async () => {
  const { state, fieldsOf } = knowing(listed('a', 'One'))
  for (let i = 0; i < 5; i++) expect(await fieldsOf('b')).toEqual([])
  expect(state.asked).toBe(1)
  state.now = 60_000
  await fieldsOf('b')
  expect(state.asked).toBe(2)
})

test('an upstream that cannot be asked mirrors nothing', async () => {
  const { fieldsOf } = knowing(undefined)
  expect(await fieldsOf('a')).toEqual([])
})

test('what was forgotten is asked for at the next call', async () => {
  const { headers, fieldsOf } = knowing(listed('a', 'One'), listed('a', 'Two'))
  await fieldsOf('a')
  headers.forget(calling('a'))
  expect(await fieldsOf('a')).toEqual(['Mcp-Param-Two'])
})
