import { expect, test } from 'vitest'
import { type ControlEvent, evolve } from '../evolve.ts'
import { INITIAL_STATE } from '../state.ts'
import {
  addBot,
  addPerson,
  changePerson,
  issueToken,
  issueTokenOf,
  removeBot,
  removePerson,
  revokeToken,
} from '../testing/command.ts'
import { endedApprover } from './judge-approvers.ts'

const FINANCE = { kind: 'group', name: 'finance', id: null } as const
const ANYONE = { kind: 'anyone', name: 'anyone', id: null } as const
const TEAM = [
  addPerson('dana'),
  issueTokenOf('person', 'id-dana', 'person:dana', { digit: '1' }),
  addBot('ci', { personId: 'id-dana' }),
  issueTokenOf('bot', 'id-ci', 'bot:ci', { digit: '2' }),
  issueToken('old', 'approver', '3'),
]
const dana = { tokenId: 'id-person:dana', personId: 'id-dana', botId: null, as: FINANCE }
const signedIn = { ...dana, tokenId: null }
const bot = { tokenId: 'id-bot:ci', personId: 'id-dana', botId: 'id-ci', as: FINANCE }
const old = { tokenId: 'id-old', personId: null, botId: null, as: ANYONE }

type Approver = Parameters<typeof endedApprover>[1]

function endedAfter(approver: Approver, ...events: ControlEvent[]): string | undefined {
  const all = [...TEAM, ...events]
  return endedApprover(
    all.reduce((state, event) => evolve(state, event).state, INITIAL_STATE),
    approver,
  )
}

test.each<[string, Approver]>([
  ['a person', dana],
  ['a person who signed in', signedIn],
  ['a bot of theirs', bot],
  ['a token of its own', old],
])('the vote of %s counts as long as nothing has changed', (_, approver) => {
  expect(endedAfter(approver)).toBeUndefined()
})

test.each<[string, Approver, ControlEvent, string]>([
  ['a person whose token was revoked', dana, revokeToken('person:dana'), 'revoked'],
  ['a person who was removed', dana, removePerson('dana'), 'removed'],
  ['somebody who signed in and was removed', signedIn, removePerson('dana'), 'removed'],
  ['somebody who left the group', signedIn, changePerson('dana', { groups: [] }), 'not in group:finance'],
  ['somebody who lost the role', dana, changePerson('dana', { roles: ['viewer'] }), 'no role any more'],
  ['a bot that was removed', bot, removeBot('ci'), 'bot'],
  ['a bot whose person was removed', bot, removePerson('dana'), 'removed'],
  ['a token that was revoked', old, revokeToken('old'), 'revoked'],
  ['nobody knows whom', { ...old, tokenId: null }, revokeToken('bot:ci'), 'revoked'],
])('the vote of %s counts no more', (_, approver, event, why) => {
  expect(endedAfter(approver, event)).toContain(why)
})

test('a sign-out takes no vote back', () => {
  expect(endedAfter(signedIn, revokeToken('person:dana'))).toBeUndefined()
})
