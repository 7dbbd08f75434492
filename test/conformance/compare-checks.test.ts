import { expect, test } from 'vitest'
import { compareChecks, countsOf } from './compare-checks.ts'
import type { Check } from './run-suite.ts'

const passed: Check = { scenario: 'ping', id: 'ping', status: 'SUCCESS' }
const failed: Check = { ...passed, status: 'FAILURE', errorMessage: 'no answer' }

test('equal runs do not differ', () => {
  expect(compareChecks([passed, failed], [passed, failed])).toEqual([])
})

test('a check that fails only through the proxy is a difference, with its reason', () => {
  const difference = { direct: 'SUCCESS', proxied: 'FAILURE', errorMessage: 'no answer' }
  expect(compareChecks([passed], [failed])).toEqual([{ scenario: 'ping', id: 'ping', ...difference }])
})

test('a check that is made on one side only is a difference', () => {
  expect(compareChecks([passed], [])).toMatchObject([{ direct: 'SUCCESS', proxied: '' }])
  expect(compareChecks([], [passed])).toMatchObject([{ direct: '', proxied: 'SUCCESS' }])
})

test('a check that is repeated more often on one side is a difference', () => {
  expect(compareChecks([passed], [passed, passed])).toMatchObject([{ proxied: 'SUCCESS SUCCESS' }])
})

test('one id in two scenarios is two checks', () => {
  const other = { ...failed, scenario: 'tools-list' }
  expect(compareChecks([passed, other], [other])).toMatchObject([{ scenario: 'ping' }])
})

test('checks are counted by status', () => {
  expect(countsOf([passed, passed, failed])).toBe('2 SUCCESS, 1 FAILURE')
})
