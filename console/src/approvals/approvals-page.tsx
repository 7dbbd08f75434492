import { Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { useSingleKeys } from '../keys/single-keys.ts'
import { Fault } from '../parts/fault.tsx'
import { useNow } from '../parts/use-now.ts'
import { EndedList } from './ended-list.tsx'
import type { Filter } from './filter.ts'
import { FilterBar } from './filter-bar.tsx'
import { useLive } from './live-approvals.ts'
import { Queue } from './queue.tsx'
import { useCounts, useQueue } from './use-queue.ts'

/** What waits for a person beside the one that is open; on a telephone one of the two. */
export function ApprovalsPage() {
  const filter = useSearch({ from: '/inside/approvals' })
  const navigate = useNavigate()
  const { id } = useParams({ strict: false })
  const { state } = useLive()
  const now = useNow(5000)
  const search = useRef<HTMLInputElement>(null)
  const { items: shown, error, isReading, hasMore, more } = useQueue(filter, now)
  const counts = useCounts()
  const set = (next: Filter) => void navigate({ to: '.', search: next, replace: true })
  useSingleKeys({
    '/': () => search.current?.focus(),
    j: () => move(1),
    k: () => move(-1),
  })

  function move(by: number) {
    if (filter.show === 'ended' || shown.length === 0) return
    const at = shown.findIndex(({ approvalId }) => approvalId === id)
    const next = shown[at === -1 ? 0 : Math.min(shown.length - 1, Math.max(0, at + by))]
    if (next) void navigate({ to: '/approvals/$id', params: { id: next.approvalId }, search: filter })
  }

  return (
    <main className={id === undefined ? 'approvals' : 'approvals opened'}>
      <section className="list" aria-label="Calls that wait for a person">
        <h1>Approvals</h1>
        <FilterBar filter={filter} counts={counts} search={search} onChange={set} />
        {filter.show === 'ended' ? (
          <EndedList filter={filter} openId={id} now={now} />
        ) : (
          <>
            <Fault error={error} />
            <Queue approvals={shown} filter={filter} openId={id} now={now} empty={emptyText()} onEnd={more} />
            {hasMore && (
              <p role="status" className="hint">
                The {shown.length} that have waited longest
                {isReading ? '; reading more' : '; scroll for more'}.
              </p>
            )}
          </>
        )}
      </section>
      {id === undefined ? (
        <p className="card hint nothing-open">
          Choose a call to see all that it would do. <kbd>j</kbd> opens the first.
        </p>
      ) : (
        <Outlet />
      )}
    </main>
  )

  function emptyText(): string {
    if (state === 'connecting' || isReading) return 'Asking what waits…'
    return (counts?.pending ?? 0) > 0
      ? 'None of those that wait is like this.'
      : 'Nothing waits for a person.'
  }
}
