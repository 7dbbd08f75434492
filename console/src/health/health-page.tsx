import { useQuery } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import type { Status } from '../api/types.ts'
import { KillList } from '../kill/kill-list.tsx'
import { Fault } from '../parts/fault.tsx'
import { visible } from '../parts/visible.ts'

const EVERY_MS = 3000
const WORDS = {
  ok: 'All of it works.',
  degraded: 'Some of it does not work as it should.',
  down: 'Something is down.',
}

/** The health of every part of the installation, and what is switched off. */
export function HealthPage() {
  const { data, error } = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => call<Status>('GET', 'status', { signal }),
    refetchInterval: EVERY_MS,
  })
  return (
    <main className="card wide">
      <h1>Health</h1>
      <Fault error={error} />
      {data !== undefined && <Known status={data} />}
    </main>
  )
}

function Known({ status: { status, at, killSwitches, parts } }: { readonly status: Status }) {
  return (
    <>
      <p className="summary">
        <span className={`badge ${status}`}>{status}</span> <span role="status">{WORDS[status]}</span>
        <span className="hint"> As of {new Date(at).toLocaleTimeString()}.</span>
      </p>
      <table>
        <caption>Parts, those in trouble first</caption>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Health</th>
            <th scope="col">Figures</th>
          </tr>
        </thead>
        <tbody>
          {troubledFirst(parts).map(([name, part]) => (
            <PartRow key={name} name={name} part={part} />
          ))}
        </tbody>
      </table>
      <KillList
        switches={killSwitches}
        scopes={['global']}
        none="None is on: what agents do is decided by the rules."
      />
    </>
  )
}

function troubledFirst(parts: Status['parts']) {
  const rows = Object.entries(parts)
  return [
    ...rows.filter(([, { status }]) => status !== 'ok'),
    ...rows.filter(([, { status }]) => status === 'ok'),
  ]
}

function PartRow({ name, part }: { readonly name: string; readonly part: Status['parts'][string] }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        <span className={`badge ${part.status}`}>{part.status}</span>
        {part.reason !== undefined && <p className="reason">{visible(part.reason)}</p>}
      </td>
      <td className="facts">
        {Object.entries(part.facts ?? {}).map(([fact, value]) => (
          <span key={fact}>
            {fact} <b>{visible(String(value))}</b>
          </span>
        ))}
      </td>
    </tr>
  )
}
