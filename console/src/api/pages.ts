import { useInfiniteQuery } from '@tanstack/react-query'
import { call } from './call.ts'
import type { Page } from './types.ts'

interface Pages<T> {
  /** All items of the pages that were read; undefined before the first. */
  readonly items: readonly T[] | undefined
  readonly error: Error | null
  readonly hasMore: boolean
  readonly isReading: boolean
  readonly more: () => void
}

/** A list of the API, page by page. `path` has all of its query but `cursor`. */
export function usePages<T>(
  key: readonly unknown[],
  path: string,
  everyMs: number | false = false,
): Pages<T> {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => {
      const after = pageParam === null ? '' : `&cursor=${encodeURIComponent(pageParam)}`
      return call<Page<T>>('GET', `${path}${after}`, { signal })
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: everyMs,
  })
  return {
    items: data?.pages.flatMap(({ items }) => items),
    error,
    hasMore: hasNextPage,
    isReading: isFetchingNextPage,
    more: () => void fetchNextPage(),
  }
}
