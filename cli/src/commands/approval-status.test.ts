import { APPROVAL_STATUSES } from '@sallyport/approval'
import { expect, test } from 'vitest'
import { statusHelp, statusOption, statusWord } from './approval-status.ts'

test('every state can be listed, and the help says what it means', () => {
  expect(statusOption().argChoices).toEqual([...APPROVAL_STATUSES.map(statusWord), 'all'])
  for (const status of APPROVAL_STATUSES) expect(statusHelp()).toContain(`\n  ${statusWord(status)} `)
})

test('a word that is not a state is refused with those that are', () => {
  const parse = statusOption().parseArg
  expect(() => parse?.('usd', undefined)).toThrow(/pending, approved, .*, used, /)
})
