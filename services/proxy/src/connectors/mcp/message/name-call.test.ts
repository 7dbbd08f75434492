import { decodeMessage } from '@sallyport/jsonrpc'
import { LONGEST_URI, resourceAction } from '@sallyport/policy'
import { describe, expect, test } from 'vitest'
import { nameCall } from './name-call.ts'

const nameOf = (method: string, params: object) =>
  nameCall(decodeMessage(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })), {}))
const read = (uri: string) => nameOf('resources/read', { uri })

const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`

describe('a resource is judged by its whole URI', () => {
  test.each([
    'file:///srv/a',
    'file:///srv/./a',
    'file:///srv/../a',
    `file:///srv/${'a'.repeat(5000)}`,
    `https://api.test/x?token=${TOKEN}`,
    `https://api.test/x?tok%65n=${TOKEN}`,
    `https://api.test/${encodeURIComponent(TOKEN)}`,
    '\u00e9\t',
  ])('%j', (uri) => {
    expect(read(uri)).toMatchObject({ action: resourceAction(uri), subject: { kind: 'resource', name: uri } })
  })

  test('and recorded by what fits the record', () => {
    const long = read(`file:///srv/${'a'.repeat(5000)}`)
    expect(long?.recordedAction).toMatch(/^mcp\.resources\.file%3A%2F%2F%2Fsrv%2Fa+\$[0-9a-f]{64}$/)
    expect(long?.recordedAction).toHaveLength(256)
    expect(read('file:///srv/../a')?.recordedAction).toBe('mcp.resources.file%3A%2F%2F%2Fsrv%2F..%2Fa')
  })

  test.each([
    `https://api.test/x?token=${TOKEN}`,
    `https://api.test/x?token=${TOKEN}&y=${'a'.repeat(500)}`,
    `https://api.test/x?t=%67hp_${TOKEN.slice(4)}`,
    `HTTPS://api.test/%67hp_${TOKEN.slice(4)}`,
    `https://api.test/%2567hp_${TOKEN.slice(4)}`,
  ])('and of %s nothing is recorded', (uri) => {
    expect(read(uri)?.recordedAction).toMatch(/^mcp\.resources\.\$[0-9a-f]{64}$/)
  })
})

test.each([
  ['resources/read', { uri: `x:${'a'.repeat(LONGEST_URI)}` }],
  ['completion/complete', { ref: { type: 'ref/resource', uri: 'a'.repeat(1_000_000) } }],
  ['tools/call', { name: 'a'.repeat(1_000_000) }],
  ['prompts/get', { name: 'é'.repeat(100) }],
] as const)('a name of %s that is too long to be judged or recorded is refused', (method, params) => {
  expect(nameOf(method, params)).toBeUndefined()
})

test('the longest URI has a name', () => {
  expect(read('é'.repeat(LONGEST_URI))?.recordedAction).toHaveLength(256)
})
