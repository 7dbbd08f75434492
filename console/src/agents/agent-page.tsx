import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../api/call.ts'
import type { Gateway, GatewayWithToken, Page, TimelineItem } from '../api/types.ts'
import { KillList } from '../kill/kill-list.tsx'
import { stops } from '../kill/reach.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Fault } from '../parts/fault.tsx'
import { Row } from '../parts/row.tsx'
import { span } from '../parts/span.ts'
import { useNow } from '../parts/use-now.ts'
import { visible } from '../parts/visible.ts'
import { maySetRules, useSession } from '../session/session.ts'
import { NamedPage } from './named-page.tsx'
import { Permissions } from './permissions.tsx'
import { ownerOf, useKillSwitches } from './questions.ts'
import { TokenDialog } from './token-dialog.tsx'
import { usedServers } from './used-servers.ts'

/** So much of an agent's record says what it lately did. */
const LATELY = 200

/** One agent: whose it is, what it may do, what it did last, and how it is stopped. */
export function AgentPage() {
  const { name } = useParams({ from: '/inside/agents/$name' })
  const { data, error } = useQuery({
    queryKey: ['gateways', name],
    queryFn: ({ signal }) => call<Gateway>('GET', `gateways/${encodeURIComponent(name)}`, { signal }),
  })
  return (
    <NamedPage key={name} name={name} error={error}>
      {data !== undefined && <Known gateway={data} />}
    </NamedPage>
  )
}

function Known({ gateway }: { readonly gateway: Gateway }) {
  const { name, id, issuers, createdAt, revokedAt } = gateway
  const switches = useKillSwitches()
  const on = switches.data?.items.filter(({ scope }) => stops(scope, { gateway: name }))
  const may = maySetRules(useSession())
  return (
    <>
      <dl>
        <Row name="Owner">{visible(ownerOf(gateway))}</Row>
        <Row name="Added">{new Date(createdAt).toLocaleString()}</Row>
        {revokedAt !== null && <Row name="Revoked">{new Date(revokedAt).toLocaleString()}</Row>}
        <Row name="Id">
          <code>{visible(id)}</code>
        </Row>
        {issuers.length > 0 && <Row name="Named by">{visible(issuers.join('\n'))}</Row>}
      </dl>
      <Lately name={name} />
      <Permissions gateway={name} />
      <Fault error={switches.error} />
      {on !== undefined && revokedAt === null && (
        <KillList
          switches={on}
          scopes={[`gateway:${name}`]}
          none="None is on for it: what it does is decided by the rules."
        />
      )}
      {may && revokedAt === null && <TokenActs name={name} />}
    </>
  )
}

function Lately({ name }: { readonly name: string }) {
  const now = useNow(5000)
  const { data, error } = useQuery({
    queryKey: ['lately', name],
    queryFn: ({ signal }) =>
      call<Page<TimelineItem>>('GET', `timeline?gateway=${encodeURIComponent(name)}&limit=${LATELY}`, {
        signal,
      }),
    refetchInterval: 10_000,
  })
  const used = usedServers(data?.items ?? [])
  const [last] = used
  return (
    <section aria-labelledby="lately-title">
      <h2 id="lately-title">What it did lately</h2>
      {error !== null && <p className="hint">The record cannot be searched now, so it is not known.</p>}
      {data !== undefined && last === undefined && <p className="hint">Nothing that is on record.</p>}
      {last !== undefined && (
        <>
          <p>Last seen {span(now - Date.parse(last.lastAt))} ago.</p>
          <p className="hint">Servers that it called, of its last {LATELY} calls:</p>
          <ul>
            {used.map(({ name: server, lastAt, calls }) => (
              <li key={server}>
                <Link to="/agents/servers/$name" params={{ name: server }}>
                  <bdi>{visible(server)}</bdi>
                </Link>
                : {calls} {calls === 1 ? 'call' : 'calls'}, {span(now - Date.parse(lastAt))} ago
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

/** A new token ends the old one, and revoking ends the agent: both ask first. */
function TokenActs({ name }: { readonly name: string }) {
  const [asking, setAsking] = useState<'rotate' | 'revoke' | null>(null)
  const [made, setMade] = useState<GatewayWithToken | null>(null)
  const questions = useQueryClient()
  const path = `gateways/${encodeURIComponent(name)}`
  const shown = visible(name)
  const close = () => setAsking(null)

  async function rotate() {
    setMade(await call<GatewayWithToken>('POST', `${path}/rotate`))
  }

  async function revoke() {
    await call('DELETE', path)
    await questions.invalidateQueries({ queryKey: ['gateways'] })
  }

  return (
    <section aria-labelledby="token-title">
      <h2 id="token-title">Its token</h2>
      <p className="buttons">
        <button type="button" className="plain" onClick={() => setAsking('rotate')}>
          New token…
        </button>
        <button type="button" className="danger" onClick={() => setAsking('revoke')}>
          Revoke…
        </button>
      </p>
      <Confirm
        open={asking === 'rotate'}
        title={`Give ${shown} a new token?`}
        act="Give a new token"
        onClose={close}
        onConfirm={rotate}
      >
        <p>The old one ends at once: whoever has it is refused.</p>
      </Confirm>
      <Confirm
        open={asking === 'revoke'}
        title={`Revoke the agent ${shown}?`}
        act={`Revoke ${shown}`}
        danger
        onClose={close}
        onConfirm={revoke}
      >
        <p>
          Its token and its permissions end at once and for good. Another agent that gets the name has none of
          them.
        </p>
      </Confirm>
      <TokenDialog gateway={made} onClose={() => setMade(null)} />
    </section>
  )
}
