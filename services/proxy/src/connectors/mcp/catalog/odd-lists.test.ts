import { createServer } from 'node:http'
import { type EventLog, memoryEventLog } from '@sallyport/event-log'
import { silentLogger } from '@sallyport/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { post, toolCall } from '../../../testing/agent.ts'
import { type FoldedControl, startFoldedControl } from '../../../testing/folded-control.ts'
import { close, listen, text } from '../../../testing/mcp-upstream.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'

/** By the cursor that asks for it, `first` without one: the text of a result, or a status. */
let pages: Readonly<Record<string, string | number>>
let asked: string[]
let calls: string[]
let warned: object[]
let log: EventLog
let control: FoldedControl
let proxy: ProxyFixture
const stopping: (() => unknown)[] = []

const upstream = createServer(async (request, response) => {
  const { id, method, params } = JSON.parse(await text(request))
  let result: string | number | undefined = '{"content":[{"type":"text","text":"done"}]}'
  if (method === 'tools/list') {
    const cursor: string = params?.cursor ?? 'first'
    asked.push(cursor)
    result = pages[cursor]
  } else calls.push(params?.name)
  if (typeof result === 'string') {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`)
  } else if (result === undefined) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_602, message: 'no such page' } }))
  } else response.writeHead(result).end()
})

beforeEach(async () => {
  asked = []
  calls = []
  warned = []
  log = memoryEventLog()
  control = await startFoldedControl(log)
  const token = await control.addGateway()
  const port = await listen(upstream)
  await control.addUpstream('files', `http://127.0.0.1:${port}/mcp`)
  const folded = await startFoldedControl(log)
  const logger = { ...silentLogger, warn: (fields: object) => void warned.push(fields) }
  proxy = await startProxy({ log, folded: folded.view, token, logger })
  for (const name of ['good', 'odd', 'last', 'absent'])
    proxy.decision.outcomes.set(`mcp.tools.${name}`, 'allow')
  stopping.push(proxy.stop, folded.stop, control.stop, () => close(upstream))
})
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop()
})

const tool = (name: string, more = '') => `{"name":"${name}","inputSchema":{"type":"object"}${more}}`
const page = (tools: readonly string[], next?: string) =>
  `{"tools":[${tools.join(',')}]${next === undefined ? '' : `,"nextCursor":${next}`}}`
const HALF = tool('odd', ',"description":"\\ud800"')

async function call(name: string): Promise<string> {
  const response = await post(proxy, toolCall(name, {}), { accept: 'application/json' })
  const { result } = (await response.json()) as { result: { content: { text: string }[] } }
  return result.content.map((content) => content.text).join()
}

async function namesListed(): Promise<string[]> {
  const answer = await post(
    proxy,
    { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    { accept: 'application/json' },
  )
  const { result } = (await answer.json()) as { result: { tools: { name: string }[] } }
  return result.tools.map(({ name }) => name)
}

const entry = (name: string) => control.view.state().catalogs.get('files')?.offered.tool.get(name)

describe('an entry that cannot be read without doubt', () => {
  test('is refused, and the rest of the list is there', async () => {
    pages = { first: page([tool('good'), HALF, tool('last')]) }
    expect(await namesListed()).toEqual(['good', 'last'])
    expect(await call('good')).toBe('done')
    expect(await call('last')).toBe('done')
  })

  test('is not called, and the denial says why: the rule and the place', async () => {
    pages = { first: page([tool('good'), HALF]) }
    for (const times of [1, 2]) {
      const denied = await call('odd')
      expect([times, denied]).toEqual([times, expect.stringContaining('lone-surrogate at /description')])
      expect(denied).not.toContain('try again later')
    }
    expect(calls).toEqual([])
  })

  test('is told to everybody, with why, and is in the log once', async () => {
    pages = { first: page([tool('good'), HALF]) }
    await namesListed()
    await namesListed()
    await expect.poll(() => entry('odd')?.refused).toEqual({ rule: 'lone-surrogate', place: '/description' })
    expect(warned).toEqual([
      { upstream: 'files', kind: 'tool', key: 'odd', rule: 'lone-surrogate', place: '/description' },
    ])
  })

  test('is called once it is listed as it should be, and refused again after that', async () => {
    pages = { first: page([HALF, tool('good')]) }
    await namesListed()
    await expect.poll(() => entry('odd')?.refused?.rule).toBe('lone-surrogate')
    pages = { first: page([tool('odd'), tool('good')]) }
    await namesListed()
    expect(await call('odd')).toBe('done')
    pages = { first: page([HALF, tool('good')]) }
    await namesListed()
    expect(await call('odd')).toContain('lone-surrogate at /description')
  })

  test.each([
    ['a key twice', tool('odd', ',"a":{"b":1,"b":2}'), 'duplicate-key at /a/b'],
    ['a number that no double holds', tool('odd', ',"a":1e999'), 'number-range at /a'],
    ['more levels than may be', tool('odd', `,"a":${'['.repeat(600)}${']'.repeat(600)}`), 'JSON depth'],
  ])('with %s says so', async (_, odd, why) => {
    pages = { first: page([tool('good'), odd]) }
    expect(await call('odd')).toContain(why)
    expect(await call('good')).toBe('done')
  })

  test.each([
    ['no name', '{"inputSchema":{}}', '(entry 2)', { rule: 'no name', place: '/name' }],
    ['no JSON', '{"name":"odd","a":NaN}', '(entry 2)', { rule: 'unexpected-character', place: '/a' }],
    ['a name as long as a book', tool('x'.repeat(5000)), undefined, { rule: 'name length', place: '/name' }],
  ])('with %s is known by its place or its digest', async (_, odd, key, refused) => {
    pages = { first: page([tool('good'), odd]) }
    expect(await namesListed()).toEqual(['good'])
    const all = () => [...(control.view.state().catalogs.get('files')?.offered.tool.values() ?? [])]
    await expect.poll(() => all().find((one) => one.refused !== null)?.refused).toEqual(refused)
    if (key !== undefined) expect(all().map((one) => one.key)).toContain(key)
  })
})

test.each(['constructor', '__proto__', 'prototype', 'toString'])(
  'a property called %s is data',
  async (name) => {
    const odd = `{"name":"odd","inputSchema":{"type":"object","properties":{"${name}":{"type":"string"}}}}`
    pages = { first: page([odd]) }
    const answer = await post(
      proxy,
      { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      { accept: 'application/json' },
    )
    expect(await answer.text()).toContain(odd)
    expect(await call('odd')).toBe('done')
  },
)

describe('a list in pages', () => {
  test.each([
    ['is empty', '""'],
    ['is the one before', '"first"'],
    ['is null', 'null'],
    ['is not a text', '7'],
  ])('ends where its cursor %s', async (_, cursor) => {
    pages = {
      first: page([tool('good')], '"2"'),
      2: page([tool('last')], cursor === '"first"' ? '"2"' : cursor),
    }
    expect(await call('good')).toBe('done')
    expect(await call('last')).toBe('done')
    expect(await call('absent')).toContain('lists no tool of this name')
    expect(asked.slice(0, 2)).toEqual(['first', '2'])
  })

  test.each([
    ['an error', undefined, 'an error (-32602)'],
    ['a status', 500, 'status 500'],
    ['half a surrogate', '{"tools":[],"x":"\\ud800"}', 'half of a surrogate pair in a string at /result/x'],
    ['a redirect', 302, 'redirects (302) to nowhere'],
  ])(
    'whose later page is %s keeps the pages that came, and says what is wrong with the rest',
    async (_, second, why) => {
      pages = { first: page([tool('good')], '"2"'), ...(second === undefined ? {} : { 2: second }) }
      expect(await call('good')).toBe('done')
      const denied = await call('absent')
      expect(denied).toContain(why)
      expect(denied).toMatch(/SP_(?:LIST_REFUSED|TOOLS_UNLISTED)/)
      expect(denied).not.toContain('outcome unknown')
      expect(calls).toEqual(['good'])
    },
  )

  test('that never ends is read to its bound, and what came counts', async () => {
    pages = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [
        n === 0 ? 'first' : `${n}`,
        page([tool(`t${n}`), tool('good')], `"${n + 1}"`),
      ]),
    )
    expect(await call('good')).toBe('done')
    expect(await call('absent')).toContain('a list of more than 20 pages')
  })
})

test('a list that is refused whole is told with its rule and its place, and not as something that passes by itself', async () => {
  pages = { first: '{"tools":[],"a":1,"a":2}' }
  const denied = await call('good')
  expect(denied).toContain('a key that occurs twice in its object at /result/a')
  expect(denied).toContain('SP_LIST_REFUSED')
  expect(denied).not.toContain('try again later')
})

test('a list of thousands of entries is shown as it came, but for those that may not be used', async () => {
  const names = Array.from({ length: 3000 }, (_, n) => `tool_${n}`)
  for (const name of names)
    proxy.decision.outcomes.set(`mcp.tools.${name}`, name.endsWith('7') ? 'deny' : 'allow')
  pages = { first: page(names.map((name) => tool(name))) }
  expect(await namesListed()).toEqual(names.filter((name) => !name.endsWith('7')))
  await expect.poll(() => control.view.state().catalogs.get('files')?.offered.tool.size).toBe(2000)
})
