import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef, useState } from 'react'
import { usePages } from '../api/pages.ts'
import type { Offered, UpstreamDetail } from '../api/types.ts'
import { Fault } from '../parts/fault.tsx'
import { More } from '../parts/more.tsx'
import { visible } from '../parts/visible.ts'

const AT_ONCE = 500
const ROW = 36
const BADGES = {
  accepted: 'ok',
  changed: 'denied',
  added: 'pending',
  removed: 'denied',
  refused: 'denied',
} as const

interface CatalogListProps {
  readonly upstream: string
  readonly counts: UpstreamDetail['catalog']
}

/** What a server offers, as far as somebody asks for it: there may be thousands. */
export function CatalogList({ upstream, counts }: CatalogListProps) {
  const [open, setOpen] = useState(false)
  const told = counts
    .filter(({ offered }) => offered > 0)
    .map(({ kind, offered }) => `${offered} ${plural(kind, offered)}`)
  return (
    <section aria-labelledby="catalog-title">
      <h2 id="catalog-title">Catalog</h2>
      <p>
        {told.length === 0 ? 'Nothing that it offers has been seen yet.' : `It offers ${told.join(', ')}.`}
      </p>
      {told.length > 0 && (
        <button type="button" className="plain" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide them' : 'Show them'}
        </button>
      )}
      {open && <Entries upstream={upstream} />}
    </section>
  )
}

const plural = (kind: string, count: number): string => (count === 1 ? kind : `${kind}s`)

function Entries({ upstream }: { readonly upstream: string }) {
  const path = `catalog?limit=${AT_ONCE}&upstream=${encodeURIComponent(upstream)}`
  const {
    items = [],
    error,
    hasMore,
    isReading,
    more,
  } = usePages<Offered>(['catalog', 'list', upstream], path)
  const box = useRef<HTMLElement>(null)
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
  })
  return (
    <>
      <Fault error={error} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keyboard */}
      <section ref={box} className="entries" tabIndex={0} aria-label="What it offers">
        <ul style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const entry = items[index]
            if (entry === undefined) return null
            return (
              <li
                key={index}
                style={{ transform: `translateY(${start}px)`, height: ROW }}
                aria-setsize={items.length}
                aria-posinset={index + 1}
              >
                <span className="hint">{entry.kind}</span> <bdi className="key">{visible(entry.key)}</bdi>{' '}
                <span className={`badge ${BADGES[entry.status]}`}>{entry.status}</span>
              </li>
            )
          })}
        </ul>
      </section>
      <More has={hasMore} busy={isReading} what={`More than these ${items.length}`} onMore={more} />
    </>
  )
}
