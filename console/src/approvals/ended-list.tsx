import { useInfiniteQuery } from '@tanstack/react-query'
import { call, told } from '../api/call.ts'
import type { ApprovalPage } from '../api/types.ts'
import { type Filter, queryOf } from './filter.ts'
import { Queue } from './queue.tsx'

interface EndedListProps {
  readonly filter: Filter
  readonly openId: string | undefined
  readonly now: number
}

const AT_ONCE = 100
const EVERY_MS = 10_000

/** What was answered or has ended, newest first, as long as the API knows it. */
export function EndedList({ filter, openId, now }: EndedListProps) {
  const { age: _, ...others } = filter
  const query = queryOf(others)
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['approvals', 'ended', query],
    queryFn: ({ pageParam, signal }) => {
      const after = pageParam === null ? '' : `&cursor=${encodeURIComponent(pageParam)}`
      return call<ApprovalPage>('GET', `approvals?status=settled&limit=${AT_ONCE}${query}${after}`, {
        signal,
      })
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: EVERY_MS,
  })
  const known = data?.pages.flatMap(({ items }) => items) ?? []
  const empty = data === undefined ? 'Asking…' : 'Nothing here has been answered or has ended.'
  return (
    <>
      {error !== null && (
        <p role="alert" className="fault">
          {told(error)}
        </p>
      )}
      <Queue approvals={known} filter={filter} openId={openId} now={now} empty={empty} />
      {hasNextPage && (
        <button
          type="button"
          className="plain"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          Older ones
        </button>
      )}
    </>
  )
}
