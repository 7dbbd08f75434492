import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { call } from '../api/call.ts'
import type { Approval, ApprovalPage, Counts } from '../api/types.ts'
import { isAlike } from './alike.ts'
import { type Filter, fitsFilter, queryOf } from './filter.ts'
import { useLive } from './live-approvals.ts'
import { queueItems } from './queue-items.ts'

const AT_ONCE = 100
/** Calls grow older by themselves. */
const AGES_EVERY_MS = 15_000
const COUNTS_EVERY_MS = 5000

interface Queue {
  readonly items: readonly Approval[]
  readonly error: Error | null
  readonly isReading: boolean
  /** Whether there is more than what was read. */
  readonly hasMore: boolean
  readonly more: () => void
}

/** What waits and fits a filter: the pages that were read, with what changed since. */
export function useQueue(filter: Filter, now: number): Queue {
  const { changes, state } = useLive()
  const query = queryOf(filter)
  const { data, error, isPending, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useInfiniteQuery({
      queryKey: ['approvals', 'queue', query],
      // After the stream has begun, so that what changes meanwhile is told by it.
      enabled: state !== 'connecting',
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      refetchInterval: filter.age === undefined ? false : AGES_EVERY_MS,
      queryFn: ({ pageParam, signal }) => {
        const after = pageParam === null ? '' : `&cursor=${encodeURIComponent(pageParam)}`
        return call<ApprovalPage>('GET', `approvals?order=oldest&limit=${AT_ONCE}${query}${after}`, {
          signal,
        })
      },
      // While another filter is asked for, what was read is filtered here.
      placeholderData: keepPreviousData,
      initialPageParam: null as string | null,
      getNextPageParam: ({ next }) => next,
    })
  const fits = (approval: Approval) => fitsFilter(approval, filter, now)
  const pages = (data?.pages.flatMap(({ items }) => items) ?? []).filter(fits)
  const items = queueItems({
    pages,
    complete: data !== undefined && !hasNextPage,
    changes,
    fits,
  })
  const isShort = items.length === 0 && hasNextPage && !isFetchingNextPage && !isPlaceholderData
  useEffect(() => {
    if (isShort) void fetchNextPage()
  }, [isShort, fetchNextPage])
  return {
    items,
    error,
    isReading: isPending || isPlaceholderData || isFetchingNextPage,
    hasMore: hasNextPage,
    more: () => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
    },
  }
}

/** How many wait, and for how long. */
export function useCounts(): Counts | undefined {
  return useQuery({
    queryKey: ['approvals', 'counts'],
    queryFn: ({ signal }) => call<Counts>('GET', 'approvals/counts', { signal }),
    refetchInterval: COUNTS_EVERY_MS,
  }).data
}

/** Other calls that would do the very same and wait as well, as far as one page has them. */
export function useAlike(approval: Approval, enabled: boolean): readonly Approval[] {
  const { changes } = useLive()
  const { argsDigest } = approval.binding
  const { data } = useQuery({
    queryKey: ['approvals', 'alike', argsDigest],
    enabled: enabled && argsDigest !== null,
    queryFn: ({ signal }) =>
      call<ApprovalPage>('GET', `approvals?limit=${AT_ONCE}&argsDigest=${argsDigest}`, { signal }),
  })
  if (!enabled || data === undefined) return []
  const fits = (other: Approval) => isAlike(approval, other)
  return queueItems({ pages: data.items, complete: true, changes, fits }).filter(
    (other) => fits(other) && other.youMay.answer,
  )
}
