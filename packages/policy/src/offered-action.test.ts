import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actionOf, type Subject } from './action.ts'
import { promptAction, resourceAction } from './offered-action.ts'
import { compilePattern, matches } from './pattern.ts'
import { riskOf } from './risk.ts'

const FILE = 'file:///etc/passwd'
const prompt = (name: string): Subject => ({ kind: 'prompt', name })
const resource = (name: string): Subject => ({ kind: 'resource', name })
const nameOf = (method: string, subject?: Subject) =>
  actionOf({ kind: 'request', method, ...(subject === undefined ? {} : { subject }) })

test.each([
  ['prompts/get', prompt('review'), 'mcp.prompts.review'],
  ['prompts/get', prompt('list'), 'mcp.prompts.get.list'],
  ['prompts/get', prompt('get.x'), 'mcp.prompts.get.get.x'],
  ['prompts/get', prompt('complete.x'), 'mcp.prompts.get.complete.x'],
  ['completion/complete', prompt('review'), 'mcp.prompts.complete.review'],
  ['resources/read', resource(FILE), 'mcp.resources.file%3A%2F%2F%2Fetc%2Fpasswd'],
  ['resources/read', resource('list'), 'mcp.resources.read.list'],
  ['resources/read', resource('templates_list'), 'mcp.resources.read.templates_list'],
  ['resources/read', resource('subscribe.a'), 'mcp.resources.read.subscribe.a'],
  ['resources/subscribe', resource('a:b'), 'mcp.resources.subscribe.a%3Ab'],
  ['resources/unsubscribe', resource('a:b'), 'mcp.resources.unsubscribe.a%3Ab'],
  ['completion/complete', resource('file:///{path}'), 'mcp.resources.complete.file%3A%2F%2F%2F%7Bpath%7D'],
  ['prompts/get', resource('a:b'), 'mcp.rpc.unknown'],
  ['resources/read', prompt('a'), 'mcp.rpc.unknown'],
] as const)('%s of %j is %s', (method, subject, action) => {
  expect(nameOf(method, subject)).toBe(action)
})

const USES = [
  'tools/call',
  'prompts/get',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
] as const

test('no two uses of different things have one name, and none has the name of a list', () => {
  const word = fc
    .array(
      fc.constantFrom(
        'list',
        'templates_list',
        'get.',
        'read.',
        'complete.',
        'subscribe.',
        'call.',
        'a',
        '%',
        '$',
        ':',
        'é',
        'x'.repeat(300),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((parts) => parts.join(''))
  const lists = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'].map((method) =>
    nameOf(method),
  )
  const taken = new Map<string, string>(lists.map((action) => [action, 'a list']))
  const kinds = { tools: 'tool', prompts: 'prompt', resources: 'resource' } as const
  fc.assert(
    fc.property(fc.constantFrom(...USES), word, (method, name) => {
      const kind = kinds[method.slice(0, method.indexOf('/')) as keyof typeof kinds]
      const action = nameOf(method, { kind, name })
      expect(taken.get(action) ?? `${method} ${name}`).toBe(`${method} ${name}`)
      taken.set(action, `${method} ${name}`)
    }),
    { numRuns: 3000 },
  )
})

describe('a URI that is longer than a name may be', () => {
  const long = `file:///srv/${'a'.repeat(500)}`

  test('keeps its beginning, so that a pattern still covers it', () => {
    const action = resourceAction(long)
    expect(action).toHaveLength(256)
    expect(matches(compilePattern('mcp.resources.file%3A%2F%2F%2Fsrv*'), action)).toBe(true)
    expect(compilePattern(action).exact).toBe(true)
  })

  test('is told from another that begins alike', () => {
    expect(resourceAction(`${long}b`)).not.toBe(resourceAction(`${long}c`))
    expect(resourceAction(`${long}\ud800`)).not.toBe(resourceAction(`${long}\ud801`))
  })
})

test('of a URI with a credential nothing is in the name', () => {
  expect(resourceAction('https://x/?k=v', 'read', true)).toMatch(/^mcp\.resources\.\$[0-9a-f]{64}$/)
})

test('a prompt is of low risk whatever it is called: only its text is handed out', () => {
  expect(riskOf(promptAction('deploy'))).toBe('low')
})

describe('a URI that leads up', () => {
  const below = compilePattern('mcp.resources.file%3A%2F%2F%2Fsrv%2Fpublic%2F*')
  const all = compilePattern('mcp.resources.*')

  test.each([
    'file:///srv/public/../private/key',
    'file:///srv/public/a/..',
    'file:///srv/public/./../private',
    'file:///srv/public/%2e%2E/private',
    'file:///srv/public/.%2e%2fprivate',
    'file:///srv/public/a%2F..%2Fprivate',
    'file:///srv/public/a\\..\\private',
    'file:///srv/public/a%5c..%5cprivate',
    'file:///srv/public/%252e%252e%252fprivate',
    'file:///srv/public/..?a',
    'file:///srv/public/a?to=../private',
  ])('is not under what it leads out of: %s', (uri) => {
    for (const use of ['read', 'subscribe', 'unsubscribe', 'complete'] as const) {
      const action = resourceAction(uri, use)
      expect(matches(below, action)).toBe(false)
      expect(matches(all, action)).toBe(true)
    }
    expect(resourceAction(uri)).not.toBe(resourceAction(`${uri}x`))
  })

  test.each([
    'file:///srv/public/a..b',
    'file:///srv/public/...',
    'file:///srv/public/.env',
    'file:///srv/public/a.',
  ])('is not %s', (uri) => {
    expect(matches(below, resourceAction(uri))).toBe(true)
  })
})
