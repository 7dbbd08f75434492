import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { Approval } from '../api/types.ts'
import { CallRow } from './call-row.tsx'
import type { Filter } from './filter.ts'

interface QueueProps {
  readonly approvals: readonly Approval[]
  readonly filter: Filter
  readonly openId: string | undefined
  readonly now: number
  readonly empty: string
  /** The end of what there is came into sight. */
  readonly onEnd?: () => void
}

const ROW_PX = 112

/** A list of any length, of which only what is on the screen is in the page. */
export function Queue({ approvals, filter, openId, now, empty, onEnd }: QueueProps) {
  const box = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: approvals.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => approvals[index]?.approvalId ?? index,
    overscan: 6,
  })
  const inSight = rows.getVirtualItems().at(-1)?.index ?? -1
  const isAtEnd = approvals.length > 0 && inSight >= approvals.length - 1
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each end that comes into sight
  useEffect(() => {
    if (isAtEnd) onEnd?.()
  }, [isAtEnd, approvals.length])
  const openAt = approvals.findIndex(({ approvalId }) => approvalId === openId)
  useEffect(() => {
    if (openAt !== -1) rows.scrollToIndex(openAt)
  }, [openAt, rows])
  if (approvals.length === 0) return <p className="hint empty">{empty}</p>
  return (
    <section className="rows" ref={box} aria-label="The calls">
      <ul style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const approval = approvals[index]
          if (approval === undefined) return null
          return (
            <li
              key={key}
              data-index={index}
              ref={rows.measureElement}
              style={{ transform: `translateY(${start}px)` }}
              aria-setsize={approvals.length}
              aria-posinset={index + 1}
            >
              <CallRow approval={approval} filter={filter} open={approval.approvalId === openId} now={now} />
            </li>
          )
        })}
      </ul>
    </section>
  )
}
