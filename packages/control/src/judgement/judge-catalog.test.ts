import { type ResourceUse, resourceAction, type UsedTool, type Verdict } from '@sallyport/policy'
import { decisionInput } from '@sallyport/policy/testing'
import { describe, expect, test } from 'vitest'
import { type Catalog, type CatalogMode, emptyCatalog, type OfferedKind } from '../catalog/catalog.ts'
import { type Sighting, withSighting } from '../catalog/observed.ts'
import { addressDigest } from '../catalog/restricted.ts'
import { judgeByCatalog } from './judge-catalog.ts'

const AT = '2026-11-28T12:00:00.000Z'
const FINGERPRINT = 'a'.repeat(64)
const ALLOW: Verdict = {
  outcome: 'allow',
  by: 'permissions',
  rule: 'permission mcp.resources.*',
  reasons: [],
  risk: 'low',
  policyVersion: 'p-0',
  fault: null,
  needs: null,
  readsArguments: false,
  catalog: null,
  controlOffset: 0,
}

interface Listed {
  readonly key: string
  readonly kind?: OfferedKind
  readonly mode?: CatalogMode
  readonly address?: string
}

function catalogOf(...things: readonly Listed[]): Catalog {
  let catalog = emptyCatalog('files')
  for (const { key, kind = 'resource', mode, address } of things) {
    const one = { key, fingerprint: FINGERPRINT, definition: null, entire: false }
    const listed = [address === undefined ? one : { ...one, address }]
    catalog = withSighting(catalog, { kind, listed, missing: [], whole: false }, AT)
    const entry = catalog.offered[kind].get(key)
    if (mode === undefined || entry === undefined) continue
    const entries = new Map(catalog.offered[kind]).set(key, { ...entry, mode })
    catalog = { ...catalog, offered: { ...catalog.offered, [kind]: entries } }
  }
  return catalog
}

function judgeUse(catalog: Catalog, uri: string, use: ResourceUse = 'read', key = uri): Verdict {
  const action = resourceAction(uri, use)
  const kind = use === 'complete' ? 'template' : 'resource'
  const definition = catalog.offered[kind].get(key)?.offered?.fingerprint ?? null
  const tool: UsedTool = { kind, key, definition, listed: true }
  return judgeByCatalog(catalog, decisionInput({ action, tool }), tool, ALLOW)
}

const KEY = 'file:///srv/private/key.txt'
const SPELLINGS = [
  KEY,
  'FILE:///srv/private/key.txt',
  'file://localhost/srv/private/key.txt',
  'file:/srv/private/key.txt',
  'file:///srv/./private/key.txt',
  'file:///srv/public/../private/key.txt',
  'file:///srv\\private\\key.txt',
  ' file:///srv/private/key.txt',
  'file:///srv/private/key.t\txt',
  'file:///srv/private/%6Bey.txt',
  'file:///srv/private/%256Bey.txt',
  'file:///srv//private/key.txt',
  'file:///srv/private/key.txt?x',
  'file:///srv/private/key.txt#x',
  'file:///srv/private/key.txt/',
  'file://other/srv/private/key.txt',
]

describe.each(['read', 'subscribe', 'complete'] as const)('a blocked resource, for %s', (use) => {
  test.each(SPELLINGS)('is blocked as %j', (uri) => {
    expect(judgeUse(catalogOf({ key: KEY, mode: 'block' }), uri, use)).toMatchObject({
      outcome: 'deny',
      by: 'catalog',
      rule: expect.stringMatching(/^catalog: block /),
      needs: null,
    })
  })

  test.each(SPELLINGS)('is held as %j where it is to be held', (uri) => {
    expect(judgeUse(catalogOf({ key: KEY, mode: 'hold' }), uri, use)).toMatchObject({
      outcome: 'hold',
      by: 'catalog',
    })
  })
})

test.each(SPELLINGS)(
  'a resource that is listed and blocked as %j is blocked as it is usually spelled',
  (key) => {
    // A query or a host of its own makes it another resource.
    const other = /[?#]|\/$|other/.test(key)
    expect(judgeUse(catalogOf({ key, mode: 'block' }), KEY).outcome).toBe(other ? 'allow' : 'deny')
  },
)

test('another resource is not', () => {
  for (const uri of ['file:///srv/private/key.txt2', 'file:///srv/private', 'file:///srv/private/key.txt/x'])
    expect(judgeUse(catalogOf({ key: KEY, mode: 'block' }), uri).outcome).toBe('allow')
})

test('a resource that is listed with its own query is not the one without it', () => {
  const catalog = catalogOf({ key: 'db://host/users', mode: 'block' }, { key: 'db://host/users?public' })
  expect(judgeUse(catalog, 'db://host/users?public').outcome).toBe('allow')
  expect(judgeUse(catalog, 'db://host/users?others').outcome).toBe('deny')
})

test('of several under one address the strictest counts', () => {
  const catalog = catalogOf(
    { key: KEY },
    { key: 'file:/srv/private/key.txt', mode: 'hold' },
    { key: 'FILE:///srv/private/key.txt', mode: 'block' },
  )
  expect(judgeUse(catalog, KEY)).toMatchObject({ outcome: 'deny', catalog: { mode: 'block' } })
})

test('where it cannot be told what is read, everything that is blocked counts', () => {
  const uri = 'x://files?path=../private'
  expect(judgeUse(catalogOf({ key: KEY, mode: 'block' }), uri).outcome).toBe('deny')
  expect(judgeUse(catalogOf({ key: KEY }), uri).outcome).toBe('allow')
})

describe('a resource whose URI is not kept', () => {
  const long = `${KEY}?${'a'.repeat(2000)}`
  const catalog = catalogOf({ key: 'sha256:raw', mode: 'block', address: addressDigest(long) })

  test('is blocked in every spelling', () => {
    expect(judgeUse(catalog, long, 'read', 'sha256:raw').outcome).toBe('deny')
    expect(judgeUse(catalog, `FILE${long.slice(4)}`, 'read', 'sha256:other').outcome).toBe('deny')
    expect(judgeUse(catalog, `${long}b`, 'read', 'sha256:another').outcome).toBe('allow')
  })

  test('learns its address when it is listed again', () => {
    const before = catalogOf({ key: 'sha256:raw', mode: 'block' })
    const one = { key: 'sha256:raw', fingerprint: FINGERPRINT, definition: null, entire: false }
    const seen = { ...one, address: addressDigest(long) }
    const sighting: Sighting = { kind: 'resource', listed: [seen], missing: [], whole: false }
    const after = withSighting(before, sighting, AT)
    expect(judgeUse(after, `FILE${long.slice(4)}`, 'read', 'sha256:other').outcome).toBe('deny')
    expect(withSighting(after, sighting, AT)).toBe(after)
  })
})

describe('a blocked template', () => {
  const blocked = (key: string) => catalogOf({ key, kind: 'template', mode: 'block' })

  test.each([
    ['file:///srv/private/{name}', 'file:///srv/private/key.txt', 'deny'],
    ['file:///srv/private/{name}', 'FILE:/srv/./private/key.txt', 'deny'],
    ['file:///srv/private/{name}', 'file:///srv/private/%2e%2e%2fkey.txt', 'deny'],
    ['file:///srv/private/{name}', 'file:///srv/private/a/b', 'allow'],
    ['file:///srv/private/{name}', 'file:///srv/public/key.txt', 'allow'],
    ['file:///srv/private/{+path}', 'file:///srv/private/a/b', 'deny'],
    ['file:///srv/private{/path*}', 'file:///srv/private/a/b', 'deny'],
    ['repo://{owner}', 'repo://acme', 'deny'],
    ['repo://{owner}', 'repo://x%2F..%2Facme', 'deny'],
    ['repo://{owner}', 'repo://acme/web', 'allow'],
    ['repo://{owner}/{name}', 'repo://acme/web?x', 'deny'],
    ['db://host{?table}', 'db://host?table=users', 'deny'],
  ])('%s is what %s is made of: %s', (key, uri, outcome) => {
    expect(judgeUse(blocked(key), uri).outcome).toBe(outcome)
    expect(judgeUse(blocked(key), uri, 'subscribe').outcome).toBe(outcome)
  })

  test('is not completed either, however it is spelled', () => {
    for (const uri of ['file:///a/{x}', 'FILE:///a/{x}', 'file:/a/%7Bx%7D', ' file:///a/./{x}'])
      expect(judgeUse(blocked('file:///a/{x}'), uri, 'complete').outcome).toBe('deny')
  })
})
