import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { usePages } from '../api/pages.ts'
import type { Gateway, KillSwitch, Upstream } from '../api/types.ts'
import { KillList } from '../kill/kill-list.tsx'
import { stops } from '../kill/reach.ts'
import { Fault } from '../parts/fault.tsx'
import { More } from '../parts/more.tsx'
import { visible } from '../parts/visible.ts'
import { maySetRules, useSession } from '../session/session.ts'
import { AddAgent } from './add-agent.tsx'
import { gatewaysPath, ownerOf, upstreamsPath, useKillSwitches } from './questions.ts'
import { targetText } from './target-text.ts'

/** Who acts through Sallyport, and on what. */
export function AgentsPage() {
  const switches = useKillSwitches()
  const on = switches.data?.items ?? []
  return (
    <main className="card wide">
      <h1>Agents and servers</h1>
      <Agents switches={on} />
      <Servers switches={on} />
      <Fault error={switches.error} />
      {switches.data !== undefined && (
        <KillList
          switches={on}
          scopes={['global']}
          none="None is on: what agents do is decided by the rules."
        />
      )}
    </main>
  )
}

function Agents({ switches }: { readonly switches: readonly KillSwitch[] }) {
  const { items, error, hasMore, isReading, more } = usePages<Gateway>(['gateways'], gatewaysPath)
  const [adding, setAdding] = useState(false)
  const may = maySetRules(useSession())
  return (
    <section aria-labelledby="agents-title">
      <h2 id="agents-title">Agents</h2>
      <Fault error={error} />
      {items?.length === 0 && <p className="hint">No agent has been added yet.</p>}
      {items !== undefined && items.length > 0 && (
        <table className="stacked">
          <thead>
            <tr>
              <th scope="col">Agent</th>
              <th scope="col">Owner</th>
              <th scope="col">Added</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {items.map((gateway) => (
              <tr key={gateway.id}>
                <th scope="row">
                  <Link to="/agents/$name" params={{ name: gateway.name }}>
                    <bdi>{visible(gateway.name)}</bdi>
                  </Link>
                </th>
                <td data-name="Owner">{visible(ownerOf(gateway))}</td>
                <td data-name="Added">{new Date(gateway.createdAt).toLocaleDateString()}</td>
                <td>{stateOf(gateway, switches)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <More has={hasMore} busy={isReading} what="More agents" onMore={more} />
      {may && (
        <p className="buttons">
          <button type="button" className="plain" onClick={() => setAdding(true)}>
            Add an agent…
          </button>
        </p>
      )}
      <AddAgent open={adding} onClose={() => setAdding(false)} />
    </section>
  )
}

function stateOf({ name, revokedAt }: Gateway, switches: readonly KillSwitch[]) {
  if (revokedAt !== null) return <span className="badge revoked">revoked</span>
  if (switches.some(({ scope }) => stops(scope, { gateway: name })))
    return <span className="badge denied">stopped</span>
  return <span className="badge ok">in force</span>
}

function Servers({ switches }: { readonly switches: readonly KillSwitch[] }) {
  const { items, error, hasMore, isReading, more } = usePages<Upstream>(['upstreams'], upstreamsPath)
  return (
    <section aria-labelledby="servers-title">
      <h2 id="servers-title">Servers</h2>
      <Fault error={error} />
      {items?.length === 0 && (
        <p className="hint">
          No server has been registered yet: <code>sallyport upstream add</code>, or{' '}
          <code>sallyport setup</code>.
        </p>
      )}
      {items !== undefined && items.length > 0 && (
        <table className="stacked">
          <thead>
            <tr>
              <th scope="col">Server</th>
              <th scope="col">Kind</th>
              <th scope="col">Where it is</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {items.map((upstream) => (
              <tr key={upstream.id}>
                <th scope="row">
                  <Link to="/agents/servers/$name" params={{ name: upstream.name }}>
                    <bdi>{visible(upstream.name)}</bdi>
                  </Link>
                </th>
                <td data-name="Kind">{visible(upstream.connector)}</td>
                <td>
                  <code>{visible(targetText(upstream.target))}</code>
                </td>
                <td>
                  {switches.some(({ scope }) =>
                    stops(scope, { upstream: upstream.name, connector: upstream.connector }),
                  ) ? (
                    <span className="badge denied">stopped</span>
                  ) : (
                    <span className="badge ok">in force</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <More has={hasMore} busy={isReading} what="More servers" onMore={more} />
    </section>
  )
}
