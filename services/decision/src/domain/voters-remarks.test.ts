import { type ControlState, INITIAL_STATE, type Person } from '@sallyport/control'
import { parseTerms } from '@sallyport/policy'
import { expect, test } from 'vitest'
import { votersRemarks } from './voters-remarks.ts'

function stateOf(
  ...people: readonly (readonly [id: string, name: string, groups: string[]])[]
): ControlState {
  const facts = { email: null, roles: [], identity: null, createdAt: '2026-11-21T09:00:00.000Z' }
  const persons = people.map(([id, name, groups]): Person => ({ id, name, groups, ...facts }))
  return { ...INITIAL_STATE, persons: new Map(persons.map((person) => [person.id, person])) }
}

/** Terms whose persons have the ids of then. */
function termsOf(stages: string, ids: Readonly<Record<string, string>> = {}) {
  const terms = parseTerms({ stages })
  const known = terms.stages.map(({ need, of }) => ({
    need,
    of: of.map((one) => ({ ...one, id: ids[one.name] ?? one.id })),
  }))
  return { ...terms, stages: known }
}

test('groups of nobody are named, each once', () => {
  const terms = termsOf('1 of group:sre then 1 of group:sre or group:finance then 1 of group:ops')
  expect(votersRemarks(stateOf(['p-1', 'dana', ['ops']]), terms)).toEqual([
    'nobody is in the groups sre, finance, so nobody can vote for that',
  ])
  expect(votersRemarks(stateOf(['p-1', 'dana', ['sre', 'finance', 'ops']]), terms)).toEqual([])
})

test('a person is looked for by id: one who is gone or renamed is named, and a namesake is somebody else', () => {
  const terms = termsOf('1 of person:dana then 1 of person:lee', { dana: 'p-1', lee: 'p-2' })
  expect(votersRemarks(stateOf(['p-1', 'dana', []], ['p-2', 'lee', []]), terms)).toEqual([])
  expect(votersRemarks(stateOf(['p-3', 'dana', []], ['p-2', 'leo', []]), terms)).toEqual([
    'person dana was removed, so nobody can vote for that',
    'person lee is called leo now',
  ])
})
