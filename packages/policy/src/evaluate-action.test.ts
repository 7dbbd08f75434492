import { describe, expect, test } from 'vitest'
import { lessSpecificOf } from './connectors/index.ts'
import { type ResourceUse, recordedAction, resourceAction } from './offered-action.ts'
import { percentEncode } from './percent-encode.ts'
import type { Permission } from './permission.ts'
import { compilePolicy } from './policy.ts'
import type { Decision } from './words.ts'

type Row = readonly [action: string, decision: Decision]

const ALL: Row = ['mcp.resources.*', 'allow']
/** A pattern over addresses as a person writes it. */
const over = (address: string, decision: Decision, use = ''): Row => [
  `mcp.resources.${use}${percentEncode(address).replaceAll('%2A', '*')}`,
  decision,
]

function evaluate(rows: readonly Row[], action: string, recorded = recordedAction(action)) {
  const permissions = rows.map(
    ([pattern, decision], at): Permission => ({
      id: `p${at}`,
      gateway: 'g',
      gatewayId: 'g',
      connector: 'mcp',
      upstream: null,
      origin: 'explicit',
      action: pattern,
      decision,
    }),
  )
  return compilePolicy(permissions).evaluate({
    gateway: 'g',
    gatewayId: 'g',
    connector: 'mcp',
    upstream: 'u',
    upstreamId: 'id',
    action,
    recordedAction: recorded,
    lessSpecific: lessSpecificOf(action),
  })
}

const of = (rows: readonly Row[], uri: string, use: ResourceUse = 'read') =>
  evaluate(rows, resourceAction(uri, use))

describe('an allowed folder is not left', () => {
  const PUBLIC = over('file:///srv/public/*', 'allow')

  test.each([
    'file:///srv/public/../private/key',
    'file:///srv/public/.\t./private/key.txt',
    'file:///srv/public/.\r\n./private/key.txt',
    'file:///srv/public/./../private',
    'file:///srv/public/%2e%2E/private',
    'file:///srv/public/.%2e%2fprivate',
    'file:///srv/public/a%2F..%2F..%2Fprivate',
    'file:///srv/public/a\\..\\..\\private',
    'file:///srv/public/a%5c..%5c..%5cprivate',
    'file:///srv/public/%252e%252e%252fprivate',
    'file:///srv/public/..?a',
    'file:///srv/public/a?to=../private',
    'file:///srv/public/..;/private',
    'file:///srv/public/%c0%ae%c0%ae/private',
    'file:///srv/public/a%00/../../private',
    'file:///srv/public/\uff0e\uff0e/private',
    'file:///srv/public/x?/../../private',
    'file:///srv/public/x#/../../private',
    '\tfile:///srv/public/a',
    'file:///srv/publi\tc/a',
  ])('by %j', (uri) => {
    for (const use of ['read', 'subscribe', 'unsubscribe', 'complete'] as const) {
      const prefix = use === 'read' ? '' : `${use}.`
      const rows = [over('file:///srv/public/*', 'allow', prefix)]
      expect(of(rows, uri, use)).toMatchObject({ outcome: 'deny' })
    }
  })

  test.each([
    'file:///srv/public/a',
    'file:///srv/public/a..b',
    'file:///srv/public/...',
    'file:///srv/public/.env',
    'file:///srv/public/a.',
    'file:///srv/public/a%20b',
    'file:///srv/public/a b',
    'file:///srv/public/caf\u00e9',
    'file:///srv/public/caf%C3%A9',
    'file:///srv/public/caf%E9',
    'file:///srv/public/100%25',
    'file:///srv/public/a//b',
    'file:///srv/public/a?x=1&y=//z#top',
    'file:///srv/public/b/../a',
    `file:///srv/public/${'a'.repeat(2000)}`,
  ])('and not by %s', (uri) => {
    expect(of([PUBLIC], uri)).toMatchObject({ outcome: 'allow' })
  })
})

describe('what is denied is denied in every spelling', () => {
  const SPELLINGS = [
    'file:///srv/private/key.txt',
    'FILE:///srv/private/key.txt',
    'file://localhost/srv/private/key.txt',
    'file:/srv/private/key.txt',
    'file:///srv/./private/key.txt',
    'file:///srv//private/key.txt',
    'file:///srv\\private\\key.txt',
    ' file:///srv/private/key.txt',
    '\u0001file:///srv/private/key.txt',
    'file:///srv/priv\tate/key.txt',
    'file:///srv/%70rivate/key.txt',
    'file:///srv/%2570rivate/key.txt',
    'file:///srv/public/..%2fprivate/key.txt',
    'file://elsewhere/srv/private/key.txt',
    'FILE:///srv/private/x%2f..%2f..%2fpublic/key.txt',
    'file:///srv/public/x?y=../private/key.txt',
    `file:///srv/private/${'a'.repeat(5000)}`,
    `file:///srv/private/${'%61'.repeat(2000)}`,
  ]

  test.each(SPELLINGS)('%s', (uri) => {
    expect(of([ALL, over('file:///srv/private/*', 'deny')], uri)).toMatchObject({ outcome: 'deny' })
    expect(of([ALL, over('file:///srv/private/*', 'require_approval')], uri)).toMatchObject({
      outcome: 'hold',
    })
    expect(of([ALL], uri)).toMatchObject({ outcome: 'allow' })
  })

  test.each([
    'db://host/users?x',
    'db://host/users#x',
    'db://host/users?',
    'db://host/users/',
    'db://host/users/?x#y',
    'db://me@host/users',
    'DB://host/users',
    'db://host/%75sers',
  ])('one resource, as %s', (uri) => {
    expect(of([ALL, over('db://host/users', 'deny')], uri)).toMatchObject({ outcome: 'deny' })
    expect(of([ALL, over('db://host/user', 'deny')], uri)).toMatchObject({ outcome: 'allow' })
  })

  test('also by a rule that names only a part of it', () => {
    for (const pattern of ['*private*', '*%2Fprivate%2F*', 'mcp.*private*', 'mcp.resources.*%2520secret*'])
      for (const uri of ['file:///srv/%70rivate/a%20secret', 'FILE:///srv/priv\nate/a secret'])
        expect(
          of(
            [
              ['*', 'allow'],
              [pattern, 'deny'],
            ],
            uri,
          ),
        ).toMatchObject({ outcome: 'deny' })
  })

  test('also where the rule is written as the resource is listed', () => {
    for (const listed of ['file:///a%20b/c', 'file://localhost/a%20b/*', 'FILE:///a b/*', 'file:/%61%20b/*'])
      for (const uri of ['file:///a b/c', 'file:///a%20b/c', 'file:/a%20b/c', 'file:///%61 b/c'])
        expect(of([ALL, over(listed, 'deny')], uri)).toMatchObject({ outcome: 'deny' })
  })

  test('and the reason says as what', () => {
    const { reasons } = of([ALL, over('file:///srv/private/*', 'deny')], 'FILE:///srv/private/key')
    expect(reasons.at(-1)).toBe('servers may read it as mcp.resources.file%3A%2F%2F%2Fsrv%2Fprivate%2Fkey')
  })

  test('and no reason has a credential in it', () => {
    const action = resourceAction('HTTPS://api.test/x?token=hunter2')
    const denied = evaluate([ALL, over('https://api.test/*', 'deny')], action, recordedAction(action, true))
    expect(denied.outcome).toBe('deny')
    expect(JSON.stringify(denied)).not.toContain('hunter2')
  })
})

describe('an allowance is one for every reading', () => {
  test.each([
    'http://example.com',
    'HTTP://example.com:80/x',
    'file://localhost/srv/x',
    'file:///a%20b',
    'file:///a//b',
    'note',
    'a note',
    'Notes://Server/x?y#z',
    'urn:isbn:0451450523',
    'x:/y',
    'file:///100%25',
    'file:///caf%E9',
    'https://api.test/x?url=https%3A%2F%2Fother.test%2F%2Fa',
  ])('of %s, as it is listed', (uri) => {
    expect(of([over(uri, 'allow')], uri)).toMatchObject({ outcome: 'allow' })
    const folder = uri.slice(0, -1)
    if (!folder.endsWith('%2'))
      expect(of([over(`${folder}*`, 'allow')], uri)).toMatchObject({ outcome: 'allow' })
  })

  test('and of nothing wider than it is', () => {
    const hidden = over('file:///srv/.*', 'allow')
    expect(of([hidden], 'file:///srv/.env')).toMatchObject({ outcome: 'allow' })
    expect(of([hidden], 'file:///srv/key')).toMatchObject({ outcome: 'deny' })
    expect(of([over('file://localhost/srv*', 'allow')], 'file:///etc/passwd')).toMatchObject({
      outcome: 'deny',
    })
    expect(of([over('db://host/users?id=1', 'allow')], 'db://host/users')).toMatchObject({ outcome: 'deny' })
    expect(of([over('http://example.com*', 'allow')], 'http://example.org/')).toMatchObject({
      outcome: 'deny',
    })
  })
})

describe('a name that the record shortens or hides', () => {
  const SECRET = 'https://api.test/private?token=abc%20def'
  const action = resourceAction(SECRET)
  const recorded = recordedAction(action, true)

  test('is judged whole', () => {
    expect(evaluate([ALL, over('https://api.test/private*', 'deny')], action, recorded)).toMatchObject({
      outcome: 'deny',
    })
    expect(evaluate([over('https://api.test/private*', 'allow')], action, recorded)).toMatchObject({
      outcome: 'allow',
    })
  })

  test('may be named by a permission as the record calls it', () => {
    expect(evaluate([[recorded, 'allow']], action, recorded)).toMatchObject({ outcome: 'allow' })
    expect(evaluate([ALL, [recorded, 'deny']], action, recorded)).toMatchObject({ outcome: 'deny' })
    expect(evaluate([[recorded, 'allow']], resourceAction(`${SECRET}x`))).toMatchObject({ outcome: 'deny' })
  })

  test('has two names, of which the stricter rule counts', () => {
    const uri = 'https://api.test/x'
    const both: readonly Row[] = [over(uri, 'allow'), ['mcp.resources.$0', 'deny']]
    expect(evaluate(both, resourceAction(uri), 'mcp.resources.$0')).toMatchObject({ outcome: 'deny' })
  })
})

describe('where it cannot be told what a server reads', () => {
  const UNCLEAR = 'x://files?path=../private'
  const RULES: readonly (readonly [string, readonly Row[], string])[] = [
    ['a rule for everything counts', [ALL], 'allow'],
    ['a rule for a part does not allow it', [over('x://files*', 'allow')], 'deny'],
    ['a rule against a part counts', [ALL, over('y://secret', 'deny')], 'deny'],
    ['so does one that holds', [ALL, over('y://secret', 'require_approval')], 'hold'],
    ['one that another hides does not', [ALL, ['*', 'deny'], ['mcp.*', 'deny']], 'allow'],
    ['nor one about something else', [ALL, ['mcp.tools.*', 'deny']], 'allow'],
    [
      'a rule for this very address counts first',
      [over(UNCLEAR, 'allow'), over('y://secret', 'deny')],
      'allow',
    ],
    ['nothing allows it where nothing is said', [], 'deny'],
  ]

  test.each(RULES)('%s', (_, rows, outcome) => {
    expect(of(rows, UNCLEAR)).toMatchObject({ outcome })
  })

  test.each([
    ['mcp.*', 'mcp.tools.delete_*', 'deny'],
    ['*', 'mcp.resources.*', 'deny'],
    ['mcp.*', 'http.delete', 'allow'],
    ['mcp.rpc.unknown', 'mcp.tools.delete_*', 'allow'],
  ] as const)('a message without a name, with %s allowed and %s denied: %s', (allowed, denied, outcome) => {
    const rows: readonly Row[] = [
      [allowed, 'allow'],
      [denied, 'deny'],
    ]
    expect(evaluate(rows, 'mcp.rpc.unknown')).toMatchObject({ outcome })
  })

  test.each([
    [[['http.*', 'allow']], 'allow'],
    [[['generic.*', 'allow']], 'allow'],
    [
      [
        ['http.*', 'allow'],
        ['http.delete', 'deny'],
      ],
      'deny',
    ],
    [
      [
        ['generic.*', 'allow'],
        ['generic.delete', 'require_approval'],
      ],
      'hold',
    ],
    [
      [
        ['http.*', 'allow'],
        ['generic.delete', 'deny'],
      ],
      'allow',
    ],
    [[['http.get', 'allow']], 'deny'],
  ] as const)('an unknown method of HTTP, by %j: %s', (rows, outcome) => {
    expect(evaluate(rows, 'http.unknown')).toMatchObject({ outcome })
  })
})

describe('the table of docs/permissions.md', () => {
  const rows: readonly (readonly [readonly Row[], string, string])[] = [
    [[over('file:///srv/public/*', 'allow')], 'file:///srv/public/.\t./private/key', 'deny'],
    [[over('file:///srv/public/*', 'allow')], 'file:///srv/public/b/../a', 'allow'],
    [[['*', 'allow'], over('file:///srv/private/*', 'deny')], 'FILE://localhost/srv/%70rivate/key', 'deny'],
    [
      [['*', 'allow'], over('file:///srv/private/*', 'require_approval')],
      'x://files?path=../private',
      'hold',
    ],
    [[over('file:///a%20b/*', 'allow')], 'file:///a b/c', 'allow'],
  ]
  test.each(rows)('%j, reading %j: %s', (permissions, uri, outcome) => {
    expect(of(permissions, uri)).toMatchObject({ outcome })
  })
})
