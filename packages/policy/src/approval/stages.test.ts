import { describe, expect, test } from 'vitest'
import { StagesInvalid } from './errors.ts'
import { parseStages, stagesText } from './stages.ts'

describe('stages', () => {
  test('are read as they are written', () => {
    expect(parseStages('2 of group:finance then 1 of group:security or person:dana')).toEqual([
      { need: 2, of: [{ kind: 'group', name: 'finance', id: null }] },
      {
        need: 1,
        of: [
          { kind: 'group', name: 'security', id: null },
          { kind: 'person', name: 'dana', id: null },
        ],
      },
    ])
  })

  test.each([
    '1 of anyone',
    '1 of role:owner',
    '2 of group:finance or role:admin then 1 of person:dana@example.com then 3 of anyone',
  ])('%s is written as it was read', (text) => {
    expect(stagesText(parseStages(text))).toBe(text)
  })

  test('may be written with other blanks and letters', () => {
    expect(stagesText(parseStages('  2  OF group:finance   THEN 1 of  anyone '))).toBe(
      '2 of group:finance then 1 of anyone',
    )
  })

  test('name a group in one spelling, however its letters are composed', () => {
    expect(parseStages('1 of group:e\u0301quipe')).toEqual(parseStages('1 of group:\u00e9quipe'))
  })

  test.each([
    ['', /stage 1 is not "COUNT of/],
    ['finance', /stage 1 is not "COUNT of/],
    ['of group:finance', /stage 1 is not/],
    ['two of group:finance', /stage 1 is not/],
    ['-1 of group:finance', /stage 1 is not/],
    ['1.5 of group:finance', /stage 1 is not/],
    ['0 of group:finance', /stage 1 needs no vote/],
    ['21 of group:finance', /more than 20 votes/],
    ['1 of group:finance then', /stage 1 has a group whose name/],
    ['1 of group:a then 0 of group:b', /stage 2 needs no vote/],
    ['1 of finance', /not group:NAME/],
    ['1 of team:finance', /not group:NAME/],
    ['1 of group:', /name is not one/],
    ['1 of group:a b', /name is not one/],
    ['1 of group:*', /name is not one/],
    ['1 of group:a,group:b', /name is not one/],
    ['1 of group:\u202efinance', /name is not one/],
    ['1 of role:boss', /roles are owner, admin/],
    ['1 of group:a or group:a', /names group:a twice/],
    ['2 of person:dana', /nobody can pass it/],
    [Array(9).fill('1 of anyone').join(' then '), /more than 8 stages/],
    [`1 of ${Array.from({ length: 17 }, (_, n) => `group:g${n}`).join(' or ')}`, /more than 16/],
  ])('%j are refused', (text, why) => {
    expect(() => parseStages(text)).toThrow(StagesInvalid)
    expect(() => parseStages(text)).toThrow(why)
  })

  test('of thousands of characters are refused before they are read', () => {
    expect(() => parseStages(`1 of group:${'a'.repeat(3000)}`)).toThrow(/longer than 2048/)
  })
})
