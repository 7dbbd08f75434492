import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJson } from './decode-json.ts'
import { elementsAt, type JsonPath, memberText, replaceMember, replaceMembers } from './replace-member.ts'

/** JSON in a form to compare with: objects as lists of members, so that order counts; numbers as their lexemes. */
type Tree =
  | { readonly lexeme: string }
  | { readonly members: readonly (readonly [string, Tree])[] }
  | { readonly elements: readonly Tree[] }

const key = fc
  .oneof(fc.constantFrom('a', 'b', '"', '\\', '\\"', 'é', '\n', ''), fc.string({ unit: 'grapheme' }))
  .filter((text) => !['__proto__', 'constructor', 'prototype'].includes(text) && !text.includes('\0'))
const lexeme = fc.oneof(
  fc.constantFrom(
    '1.0',
    '-0',
    '1E+2',
    '12345678901234567890',
    'true',
    'null',
    '""',
    '"]},"',
    '"\\\\"',
    '"\\""',
  ),
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text.toWellFormed())),
)
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    lexeme.map((text) => ({ lexeme: text })),
    fc.array(tie('tree'), { maxLength: 4 }).map((elements) => ({ elements })),
    fc
      .uniqueArray(fc.tuple(key, tie('tree')), { selector: ([name]) => name, maxLength: 5 })
      .map((members) => ({ members })),
  ),
}))

function write(node: Tree): string {
  if ('lexeme' in node) return node.lexeme
  if ('elements' in node) return `[${node.elements.map(write).join(',')}]`
  return `{${node.members.map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`).join(',')}}`
}

/** The result that replaceMember promises, on trees; undefined when it throws. */
function edited(node: Tree, [segment, ...rest]: JsonPath, text: string | undefined): Tree | undefined {
  if (segment === undefined) return text === undefined ? undefined : { lexeme: text }
  if (typeof segment === 'string' && 'members' in node) {
    const at = node.members.findIndex(([name]) => name === segment)
    const known = node.members[at]
    if (known === undefined) {
      const fresh = text === undefined ? undefined : edited({ members: [] }, rest, text)
      if (text !== undefined && fresh === undefined) return undefined
      return fresh === undefined ? node : { members: [...node.members, [segment, fresh]] }
    }
    if (rest.length === 0 && text === undefined) return { members: node.members.toSpliced(at, 1) }
    const value = edited(known[1], rest, text)
    return value && { members: node.members.toSpliced(at, 1, [segment, value]) }
  }
  if (typeof segment === 'number' && 'elements' in node) {
    const known = node.elements[segment]
    if (known === undefined) return text === undefined ? node : undefined
    if (rest.length === 0 && text === undefined) return { elements: node.elements.toSpliced(segment, 1) }
    const value = edited(known, rest, text)
    return value && { elements: node.elements.toSpliced(segment, 1, value) }
  }
  return text === undefined ? node : undefined
}

/** A path that mostly exists. */
function pathInto(node: Tree, gen: fc.GeneratorValue): (string | number)[] {
  if ('lexeme' in node || gen(fc.nat, 5) === 0) return gen(fc.boolean) ? [] : [gen(() => key)]
  const count = 'members' in node ? node.members.length : node.elements.length
  const at = gen(fc.nat, count)
  if ('elements' in node) {
    const inside = node.elements[at]
    return inside === undefined ? [at] : [at, ...pathInto(inside, gen)]
  }
  const inside = node.members[at]
  return inside === undefined ? [gen(() => key)] : [inside[0], ...pathInto(inside[1], gen)]
}

describe('replaceMember', () => {
  it('says what setting a member in the tree says, with every other lexeme and the order of keys as they were', () => {
    fc.assert(
      fc.property(tree, fc.option(tree), fc.gen(), (whole, part, gen) => {
        const path = pathInto(whole, gen)
        if (path.length === 0) return
        const canonical = decodeJson(write(whole)).canonical
        const text = part === null ? undefined : decodeJson(write(part)).canonical
        const expected = edited(whole, path, text)
        if (expected === undefined) {
          expect(() => replaceMember(canonical, path, text)).toThrowError(
            expect.objectContaining({ code: 'SP_JSON_PATH' }),
          )
          return
        }
        const made = replaceMember(canonical, path, text)
        expect(made).toBe(decodeJson(write(expected)).canonical)
        expect(decodeJson(made).canonical).toBe(made)
        expect(memberText(made, path)).toBe(text === undefined ? memberText(write(expected), path) : text)
      }),
      { numRuns: 3_000 },
    )
  })

  it('adds, replaces and removes several in turn', () => {
    const made = replaceMembers('{"id":7,"params":{"n":1.0}}', [
      { path: ['id'], text: '"up-1"' },
      { path: ['params', '_meta', 'x/y'], text: '[1e0]' },
      { path: ['params', 'n'], text: undefined },
      { path: ['nothing', 'here'], text: undefined },
    ])
    expect(made).toBe('{"id":"up-1","params":{"_meta":{"x/y":[1e0]}}}')
  })

  it('replaces the whole text at the empty path', () => {
    expect(replaceMember('[1]', [], '{}')).toBe('{}')
  })

  it('does not take an array of strings for an object', () => {
    expect(memberText('["a",1]', ['a'])).toBeUndefined()
    expect(() => replaceMember('{"params":["a",1]}', ['params', 'a'], '2')).toThrowError(
      expect.objectContaining({ code: 'SP_JSON_PATH' }),
    )
  })

  it('tells the elements of an array, each as it stands in the text', () => {
    const text = '{"id":1,"result":{"tools":[{"name":"a,]\\""},[1,2],"b",1.0],"next":[]},"more":[3]}'
    expect(elementsAt(text, ['result', 'tools'])).toEqual(['{"name":"a,]\\""}', '[1,2]', '"b"', '1.0'])
    expect(elementsAt(text, ['result', 'next'])).toEqual([])
    expect(elementsAt('[1,2]', [])).toEqual(['1', '2'])
    expect(elementsAt(text, ['result'])).toBeUndefined()
    expect(elementsAt(text, ['result', 'prompts'])).toBeUndefined()
  })
})
