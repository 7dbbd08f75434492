import type { Approval } from '@sallyport/approval'
import { at, fold, requested } from '@sallyport/approval/testing'
import { expect, test } from 'vitest'
import { listFilter } from './list-filter.ts'

const [approval] = [...fold([requested('id-1', 10, 'a')]).state.approvals.values()] as [Approval]
const takes = (filter: Parameters<typeof listFilter>[0], minute = 12) =>
  listFilter(filter, new Date(at(minute)))?.(approval)

test('without a filter there is nothing to ask of each', () => {
  expect(listFilter({}, new Date())).toBeUndefined()
  expect(listFilter({ text: '  ' }, new Date())).toBeUndefined()
})

test('every word has to occur in what names it, whatever its case', () => {
  const { gateway, binding } = approval
  expect(takes({ text: `${gateway.name.toUpperCase()} ${binding.upstream}` })).toBe(true)
  expect(takes({ text: `${gateway.name} nowhere` })).toBe(false)
})

test('an age takes in where it begins, and not where it ends', () => {
  expect(takes({ waitedFromMs: 120_000, waitedToMs: 300_000 })).toBe(true)
  expect(takes({ waitedFromMs: 0, waitedToMs: 120_000 })).toBe(false)
})

test('the arguments are compared as they are', () => {
  const { argsDigest } = approval.binding
  expect(takes({ risk: approval.risk, ...(argsDigest === null ? {} : { argsDigest }) })).toBe(true)
  expect(takes({ argsDigest: 'f'.repeat(64) })).toBe(false)
})
