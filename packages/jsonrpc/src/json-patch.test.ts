import { expect, test } from 'vitest'
import { exactValue } from './exact-value.ts'
import { type PatchOperation, patched } from './json-patch.ts'

const DOCUMENT = '{"n":1234567890123456789,"list":[1E2,-0,1.0],"deep":{"a/b":{"~":"x"}}}'
const on = (...operations: PatchOperation[]) => JSON.stringify(patched(exactValue(DOCUMENT), operations))

test('numbers stay as they are written, those of the patch too', () => {
  const value = exactValue('[9007199254740993,-0]')
  expect(
    on({ op: 'replace', path: '/deep', value }, { op: 'add', path: '/list/1', value: exactValue('1E3') }),
  ).toBe('{"n":1234567890123456789,"list":[1E2,1E3,-0,1.0],"deep":[9007199254740993,-0]}')
})

test('keys with slashes and tildes are met, and a list takes additions at its end', () => {
  expect(on({ op: 'replace', path: '/deep/a~1b/~0', value: 'y' })).toContain('{"a/b":{"~":"y"}}')
  expect(on({ op: 'add', path: '/list/-', value: 1 })).toContain('[1E2,-0,1.0,1]')
  expect(on({ op: 'remove', path: '/list/0' }, { op: 'remove', path: '/n' })).toBe(
    '{"list":[-0,1.0],"deep":{"a/b":{"~":"x"}}}',
  )
  expect(on({ op: 'replace', path: '', value: {} })).toBe('{}')
})

test.each([
  ['replace', '/nothing', 'there is nothing at its path'],
  ['add', '/nothing/below', 'there is nothing at its path'],
  ['add', '/n/below', 'leads into what is neither'],
  ['add', '/list/4', 'there is nothing at its path'],
  ['replace', '/list/-', 'has no index'],
  ['add', '/list/01', 'has no index'],
  ['replace', '/list/__proto__', 'has no index'],
  ['add', '/toString/x', 'there is nothing at its path'],
  ['replace', '/__proto__', 'there is nothing at its path'],
  ['add', '/__proto__/polluted', 'there is nothing at its path'],
  ['add', 'n', 'no JSON Pointer'],
  ['add', '/~2', 'no JSON Pointer'],
] as const)('%s at %s cannot be carried out', (op, path, why) => {
  expect(() => on({ op: 'remove', path: '/list/0' }, { op, path, value: 1 })).toThrow(why)
  expect(() => on({ op: 'remove', path: '/list/0' }, { op, path, value: 1 })).toThrow(
    'operation 2 of the patch',
  )
})

test('a key is a key: __proto__ becomes a member and changes no prototype', () => {
  const edited = patched({ a: 1 }, [{ op: 'add', path: '/__proto__', value: { polluted: true } }])
  expect(JSON.stringify(edited)).toBe('{"a":1,"__proto__":{"polluted":true}}')
  expect((edited as Record<string, unknown>)['polluted']).toBeUndefined()
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('the value itself stays as it was', () => {
  const value = exactValue(DOCUMENT)
  patched(value, [{ op: 'remove', path: '/deep/a~1b' }])
  expect(JSON.stringify(value)).toBe(DOCUMENT)
})
