import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { usePages } from '../api/pages.ts'
import type { Differing } from '../api/types.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Difference, isFolded } from '../parts/difference.tsx'
import { Fault } from '../parts/fault.tsx'
import { More } from '../parts/more.tsx'
import { visible } from '../parts/visible.ts'
import { mayAccept, useSession } from '../session/session.ts'

/** A definition has up to 32 KiB, twice: few at once. */
const AT_ONCE = 20
const EVERY_MS = 10_000

const MODES = { log: 'it passes', hold: 'a person is asked', block: 'it is denied' } as const

/** What a server lists otherwise than it was accepted. Whoever may accepts what they see, and nothing that came later. */
export function CatalogChanges({ upstream }: { readonly upstream: string }) {
  const path = `catalog/differences?limit=${AT_ONCE}&upstream=${encodeURIComponent(upstream)}`
  const { items, error, hasMore, isReading, more } = usePages<Differing>(
    ['catalog', 'changes', upstream],
    path,
    EVERY_MS,
  )
  const [asking, setAsking] = useState<Differing | null>(null)
  const questions = useQueryClient()

  async function accept({ kind, key, offered }: Differing) {
    const body = { upstream, entities: [{ kind, key, fingerprint: offered }] }
    await call('POST', 'catalog/accept', { body })
    await questions.invalidateQueries({ queryKey: ['catalog'] })
    await questions.invalidateQueries({ queryKey: ['upstreams'] })
  }

  return (
    <section aria-labelledby="changes-title">
      <h2 id="changes-title">Changes that wait for an answer</h2>
      <Fault error={error} />
      {items?.length === 0 && <p className="hint">All that it lists is as it was accepted.</p>}
      {items !== undefined && items.length > 0 && (
        <ul className="changes">
          {items.map((item) => (
            // A definition that changes again is another change, which nobody has looked at.
            <li key={`${item.kind} ${item.key} ${item.offered ?? ''}`}>
              <Change item={item} onAccept={() => setAsking(item)} />
            </li>
          ))}
        </ul>
      )}
      <More has={hasMore} busy={isReading} what="More changes" onMore={more} />
      <Confirm
        open={asking !== null}
        title={asking === null ? '' : visible(`Accept ${asking.kind} ${asking.key}?`)}
        act="Accept it"
        onClose={() => setAsking(null)}
        onConfirm={() => (asking === null ? Promise.resolve() : accept(asking))}
      >
        {asking?.complete === false && (
          <p className="fault">
            They differ in more than is shown: a part was too large to keep, or looked like a secret.
          </p>
        )}
        <p>
          {asking?.offered === null
            ? 'It is gone from the list of the server, and is forgotten.'
            : 'Calls of it pass again as the rules say, also those that are held because it changed. If the server changes it once more, that is another change.'}
        </p>
        {asking?.offered != null && (
          <p>
            Fingerprint <code>{asking.offered}</code>
          </p>
        )}
      </Confirm>
    </section>
  )
}

function Change({ item, onAccept }: { readonly item: Differing; readonly onAccept: () => void }) {
  const { kind, key, status, mode, since, refused, differences, complete } = item
  const may = mayAccept(useSession())
  const [folded, setFolded] = useState(differences.filter(isFolded).length)
  const isWhole = folded === 0
  return (
    <>
      <h3>
        {kind} <bdi>{visible(key)}</bdi>
      </h3>
      <p className="hint">
        <span className={`badge ${status === 'added' ? 'pending' : 'denied'}`}>{status}</span> since{' '}
        {new Date(since).toLocaleString()}; where it is used: {MODES[mode]}
      </p>
      {refused !== null && <p className="fault">{visible(`What is listed now is refused: ${refused}`)}</p>}
      {differences.map((change) => (
        <Difference key={change.place} change={change} onUnfold={() => setFolded((left) => left - 1)} />
      ))}
      {!complete && (
        <p className="fault">
          They differ in more than is shown: a part was too large to keep, or looked like a secret.
        </p>
      )}
      {may && refused === null && (
        <p className="buttons">
          <button type="button" className="primary" disabled={!isWhole} onClick={onAccept}>
            {status === 'removed' ? 'Forget it…' : 'Accept it…'}
          </button>
          {!isWhole && <span className="hint">It can be accepted once all of it has been unfolded.</span>}
        </p>
      )}
    </>
  )
}
