import { useState } from 'react'
import type { KillSwitch } from '../api/types.ts'
import { visible } from '../parts/visible.ts'
import { maySetRules, useSession } from '../session/session.ts'
import { KillDialog, type WantedSwitch } from './kill-dialog.tsx'
import { reachOf } from './reach.ts'

interface KillListProps {
  readonly switches: readonly KillSwitch[]
  /** What may be stopped here. */
  readonly scopes: readonly string[]
  /** What is said where none is on. */
  readonly none: string
}

/** The kill switches that are on here. Whoever sets rules turns them on and off, after a confirmation. */
export function KillList({ switches, scopes, none }: KillListProps) {
  const [wanted, setWanted] = useState<WantedSwitch | null>(null)
  const may = maySetRules(useSession())
  const off = scopes.filter((scope) => !switches.some((one) => one.scope === scope))
  return (
    <section aria-labelledby="kill-title">
      <h2 id="kill-title">Kill switches</h2>
      {switches.length === 0 && <p className="hint">{none}</p>}
      <ul>
        {switches.map(({ scope, reason, by, since }) => (
          <li key={scope}>
            <b>{visible(scope)}</b>
            {reason !== null && visible(`: ${reason}`)}
            {by !== null && visible(`, by ${by}`)}
            {since !== null && `, since ${new Date(since).toLocaleString()}`}{' '}
            {may && (
              <button type="button" className="plain small" onClick={() => setWanted({ scope, on: false })}>
                Turn off…
              </button>
            )}
          </li>
        ))}
      </ul>
      {may && off.length > 0 && (
        <p className="buttons">
          {off.map((scope) => (
            <button
              key={scope}
              type="button"
              className="danger"
              onClick={() => setWanted({ scope, on: true })}
            >
              {scope === 'global' ? 'Stop everything…' : visible(`Stop ${reachOf(scope)}…`)}
            </button>
          ))}
        </p>
      )}
      <KillDialog wanted={wanted} onClose={() => setWanted(null)} />
    </section>
  )
}
