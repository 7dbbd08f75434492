import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actionOf, type Subject } from './action.ts'
import { promptAction, recordedAction, resourceAction, resourceIn } from './offered-action.ts'
import { compilePattern } from './pattern.ts'
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

describe('a URI that is longer than the record holds', () => {
  const long = `file:///srv/${'a'.repeat(500)}`

  test('is judged by its whole name', () => {
    expect(resourceIn(resourceAction(long))).toEqual({ use: 'read', uri: long })
  })

  test('keeps its beginning in the record', () => {
    const recorded = recordedAction(resourceAction(long))
    expect(recorded).toHaveLength(256)
    expect(recorded).toMatch(/^mcp\.resources\.file%3A%2F%2F%2Fsrv%2Fa+\$[0-9a-f]{64}$/)
    expect(compilePattern(recorded).exact).toBe(true)
  })

  test('is told from another that begins alike', () => {
    const recorded = (uri: string) => recordedAction(resourceAction(uri))
    expect(recorded(`${long}b`)).not.toBe(recorded(`${long}c`))
    expect(recorded(`${long}\ud800`)).not.toBe(recorded(`${long}\ud801`))
  })
})

test.each([
  ['read', /^mcp\.resources\.\$[0-9a-f]{64}$/],
  ['subscribe', /^mcp\.resources\.subscribe\.\$[0-9a-f]{64}$/],
] as const)('of a URI with a credential nothing is recorded: %s', (use, name) => {
  expect(recordedAction(resourceAction('https://x/?k=v', use), true)).toMatch(name)
})

test('the URI in a name is the one that it was made of', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('read', 'subscribe', 'unsubscribe', 'complete'),
      (uri, use) => {
        if (uri !== '') expect(resourceIn(resourceAction(uri, use))).toEqual({ use, uri })
      },
    ),
  )
})

test('a prompt is of low risk whatever it is called: only its text is handed out', () => {
  expect(riskOf(promptAction('deploy'))).toBe('low')
})
