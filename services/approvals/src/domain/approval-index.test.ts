import { type Approval, atInstant } from '@sallyport/approval'
import { at, fold, requested } from '@sallyport/approval/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApprovalIndex, type ListQuery, MOST_LOOKED_AT } from './approval-index.ts'

const EVERYTHING = () => true
const ALL: ListQuery = { status: 'all', limit: 10, after: null }

function approvals(...minutes: readonly number[]): Approval[] {
  const events = minutes.map((minute, nth) => requested(`id-${nth}`, minute, nth.toString(16)))
  return [...fold(events).state.approvals.values()]
}

function indexOf(given: readonly Approval[]): ApprovalIndex {
  const index = new ApprovalIndex()
  for (const approval of given) index.note(approval)
  return index
}

describe('the index of approvals', () => {
  test('pages newest first, in whatever order they came', () => {
    const index = indexOf(approvals(3, 1, 4, 2))
    const first = index.page({ ...ALL, status: 'pending', limit: 3 }, EVERYTHING)
    expect(first.ids).toEqual(['id-2', 'id-0', 'id-3'])
    const second = index.page({ ...ALL, status: 'pending', limit: 3, after: first.next }, EVERYTHING)
    expect(second).toEqual({ ids: ['id-1'], next: null })
  })

  test('moves an approval to the list of its new status, and counts it there', () => {
    const [first, second] = approvals(1, 2) as [Approval, Approval]
    const index = indexOf([first, second])
    index.note(atInstant(first, at(20)))
    expect(index.page({ ...ALL, status: 'pending' }, EVERYTHING).ids).toEqual(['id-1'])
    expect(index.page({ ...ALL, status: 'expired' }, EVERYTHING).ids).toEqual(['id-0'])
    expect(index.page(ALL, EVERYTHING).ids).toEqual(['id-1', 'id-0'])
    expect(index.count('pending')).toBe(1)
    expect(index.pendingByGateway(5)).toEqual([{ name: 'code-agent', pending: 1 }])
  })

  test('counts the pending by age', () => {
    const index = indexOf(approvals(0, 5, 8, 9))
    const minutes = (...all: number[]) => all.map((minute) => minute * 60_000)
    expect(index.countByAge(new Date(at(10)), minutes(0, 1, 5))).toEqual([0, 2, 2])
  })

  test('does not count what is forgotten', () => {
    const index = indexOf(approvals(1, 2))
    index.forget('id-0')
    expect(index.count('pending')).toBe(1)
    expect(index.page(ALL, EVERYTHING).ids).toEqual(['id-1'])
  })

  test('forgets what is swept out', () => {
    const given = approvals(...Array.from({ length: 10 }, (_, minute) => minute))
    const index = indexOf(given)
    for (let round = 0; round < 200; round += 1) {
      for (const approval of given) index.note(atInstant(approval, at(100)))
      for (const approval of given) index.note(approval)
      index.sweep(1, (id) => id === 'id-3')
    }
    index.sweep(0, (id) => id === 'id-3')
    expect(index.page(ALL, (id) => id === 'id-3').ids).toEqual(['id-3'])
  })

  test('looks at so many for one page, and says where the next goes on', () => {
    const [pending] = approvals(0) as [Approval]
    const given = Array.from({ length: 2 * MOST_LOOKED_AT + 10 }, (_, nth) => ({
      ...pending,
      approvalId: `id-${String(nth).padStart(6, '0')}`,
    }))
    const index = indexOf(given)
    const wanted = given.at(-1)?.approvalId ?? ''
    let looked = 0
    const fits = (id: string) => {
      looked += 1
      return id === wanted
    }
    const pages: string[][] = []
    let after: string | null = null
    do {
      looked = 0
      const page = index.page({ status: 'all', limit: 10, after, order: 'oldest' }, fits)
      expect(looked).toBeLessThanOrEqual(MOST_LOOKED_AT)
      pages.push([...page.ids])
      after = page.next
    } while (after !== null)
    expect(pages).toEqual([[], [], [wanted]])
  })

  test('pages are those of sorting everything, whatever happened before', () => {
    const change = fc.record({
      minute: fc.integer({ min: 0, max: 30 }),
      id: fc.integer({ min: 0, max: 15 }),
      isOver: fc.boolean(),
      gateway: fc.constantFrom('one', 'two'),
    })
    const query = fc.record({
      status: fc.constantFrom('pending', 'expired', 'settled', 'all'),
      gateway: fc.constantFrom('one', undefined),
      limit: fc.integer({ min: 1, max: 5 }),
      sweeps: fc.boolean(),
      order: fc.constantFrom('newest', 'oldest'),
    })
    const [pending] = approvals(0) as [Approval]
    const over = atInstant(pending, at(20))
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), query, (changes, { sweeps, ...wanted }) => {
        const known = new Map<string, Approval>()
        const index = new ApprovalIndex()
        for (const { minute, id, isOver, gateway } of changes) {
          const approvalId = `id-${id}`
          const { requestedAt = at(minute), gateway: { name = gateway } = {} } = known.get(approvalId) ?? {}
          const shape = { ...(isOver ? over : pending), approvalId, requestedAt, gateway: { id: 'g', name } }
          known.set(approvalId, shape)
          index.note(shape)
          if (sweeps) index.sweep(known.size, EVERYTHING)
        }
        const expected = [...known.values()]
          .filter(({ status }) => {
            if (wanted.status === 'settled') return status !== 'pending'
            return wanted.status === 'all' || status === wanted.status
          })
          .filter(({ gateway }) => wanted.gateway === undefined || gateway.name === wanted.gateway)
          .map(({ requestedAt, approvalId }) => `${requestedAt}/${approvalId}`)
          .toSorted()
        if (wanted.order === 'newest') expected.reverse()
        const ids: string[] = []
        let after: string | null = null
        do {
          const page = index.page({ ...wanted, status: wanted.status as 'all', after }, EVERYTHING)
          ids.push(...page.ids)
          after = page.next
        } while (after !== null)
        expect(ids).toEqual(expected.map((place) => place.split('/')[1]))
      }),
    )
  })
})
