import { useMutation, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { call } from '../api/call.ts'
import type { Probe, UpstreamDetail } from '../api/types.ts'
import { KillList } from '../kill/kill-list.tsx'
import { stops } from '../kill/reach.ts'
import { Fault } from '../parts/fault.tsx'
import { Row } from '../parts/row.tsx'
import { visible } from '../parts/visible.ts'
import { maySetRules, useSession } from '../session/session.ts'
import { CatalogChanges } from './catalog-changes.tsx'
import { CatalogList } from './catalog-list.tsx'
import { Connect } from './connect.tsx'
import { NamedPage } from './named-page.tsx'
import { useKillSwitches } from './questions.ts'
import { reachedText, targetText } from './target-text.ts'

/** One server: what it is, what it offers and how that changed, how it is reached and how it is stopped. */
export function ServerPage() {
  const { name } = useParams({ from: '/inside/agents/servers/$name' })
  const { data, error } = useQuery({
    queryKey: ['upstreams', name],
    queryFn: ({ signal }) => call<UpstreamDetail>('GET', `upstreams/${encodeURIComponent(name)}`, { signal }),
    refetchInterval: 10_000,
  })
  return (
    <NamedPage key={name} name={name} error={error}>
      {data !== undefined && <Known upstream={data} />}
    </NamedPage>
  )
}

function Known({ upstream }: { readonly upstream: UpstreamDetail }) {
  const { name, id, connector, path, target, credential, createdAt } = upstream
  const switches = useKillSwitches()
  const on = switches.data?.items.filter(({ scope }) => stops(scope, { upstream: name, connector }))
  return (
    <>
      <dl>
        <Row name="Kind">{visible(`${connector}, ${reachedText(target)}`)}</Row>
        <Row name="Where it is">
          <code>{visible(targetText(target))}</code>
        </Row>
        <Row name="Credential">{visible(credential === null ? 'none' : credential.kind)}</Row>
        <Row name="On the proxy">
          <code>{visible(path)}</code>
        </Row>
        <Row name="Registered">{new Date(createdAt).toLocaleString()}</Row>
        <Row name="Id">
          <code>{visible(id)}</code>
        </Row>
      </dl>
      <Health name={name} />
      <CatalogChanges upstream={name} />
      <CatalogList upstream={name} counts={upstream.catalog} />
      <Connect upstream={upstream} />
      <Fault error={switches.error} />
      {on !== undefined && (
        <KillList
          switches={on}
          scopes={[`upstream:${name}`, `connector:${connector}`]}
          none="None is on for it: calls of it are decided by the rules."
        />
      )}
    </>
  )
}

/** Whether it answers, asked by the proxy when somebody wants to know. */
function Health({ name }: { readonly name: string }) {
  const may = maySetRules(useSession())
  const probe = useMutation({
    mutationFn: () => call<Probe>('POST', `probes/${encodeURIComponent(name)}`, {}),
  })
  if (!may) return null
  const { data } = probe
  return (
    <section aria-labelledby="health-title">
      <h2 id="health-title">Health</h2>
      <div role="status">
        {data !== undefined && (
          <>
            <p>
              <span className={`badge ${data.answers ? 'ok' : 'down'}`}>
                {data.answers ? 'answers' : 'no answer'}
              </span>{' '}
              {visible(data.summary)}
            </p>
            {data.standardError.length > 0 && (
              <pre className="parts">{visible(data.standardError.join('\n'))}</pre>
            )}
          </>
        )}
      </div>
      <Fault error={probe.error} />
      <button type="button" className="plain" disabled={probe.isPending} onClick={() => probe.mutate()}>
        {probe.isPending ? 'Asking it…' : 'Ask whether it answers'}
      </button>
    </section>
  )
}
