import { expect, test } from 'vitest'
import type { Part } from '../api/types.ts'
import { editableParts, patchOf } from './edit-patch.ts'

const part = (place: string, text: string, kind: Part['kind'] = 'string'): Part => ({
  place,
  kind,
  text,
  masks: [],
})
const PARTS = [
  part('/arguments/title', 'old'),
  part('/arguments/count', '1', 'number'),
  part('/arguments/list/0', 'a'),
  part('/arguments/list/1', 'b'),
]
const written = (wanted: Record<string, string | null>) =>
  JSON.stringify(patchOf(PARTS, new Map(Object.entries(wanted))))

test('what is changed is replaced, and what is as it was is left', () => {
  expect(written({ '/arguments/title': 'new', '/arguments/list/0': 'a' })).toBe(
    '[{"op":"replace","path":"/title","value":"new"}]',
  )
})

test('a number goes as it is written', () => {
  expect(written({ '/arguments/count': '10.00' })).toContain('"value":10.00}')
})

test('what is removed comes last and from the end', () => {
  expect(written({ '/arguments/list/0': null, '/arguments/list/1': null, '/arguments/title': 'x' })).toBe(
    '[{"op":"replace","path":"/title","value":"x"},{"op":"remove","path":"/list/1"},{"op":"remove","path":"/list/0"}]',
  )
})

test('what is neither a text nor JSON is refused by its place', () => {
  expect(() => written({ '/arguments/count': 'ten' })).toThrow('/arguments/count is not JSON')
})

test('only parts of the arguments are edited', () => {
  expect(editableParts([...PARTS, part('/_meta/a', 'x'), part('/arguments', '{}', 'empty')])).toEqual(PARTS)
})
