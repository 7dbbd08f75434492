import { useState } from 'react'
import type { Upstream } from '../api/types.ts'
import { Copyable } from '../parts/copyable.tsx'
import { Fault } from '../parts/fault.tsx'
import { instructionsFor, TOKEN_VARIABLE } from './instructions.ts'
import { useProxyUrl } from './questions.ts'

const UNKNOWN = 'https://ADDRESS-OF-THE-PROXY'

/** How an agent is told to reach a server through Sallyport, for each host. */
export function Connect({ upstream }: { readonly upstream: Upstream }) {
  const { data, error } = useProxyUrl()
  const [host, setHost] = useState('')
  if (data === undefined) return <Fault error={error} />
  const all = instructionsFor(upstream, data.url ?? UNKNOWN)
  const shown = all.find((one) => one.host === host) ?? all[0]
  return (
    <section aria-labelledby="connect-title">
      <h2 id="connect-title">Connect an agent</h2>
      {data.url === null && (
        <p role="status" className="hint">
          The installation does not say where agents reach the proxy: set <code>SALLYPORT_PROXY_URL</code> of
          the decision service. Until then put its address in yourself.
        </p>
      )}
      <p className="hint">
        The agent’s token is expected in the variable <code>{TOKEN_VARIABLE}</code> of the host.
      </p>
      <p className="choices">
        <label htmlFor="host">For</label>
        <select id="host" value={shown?.host} onChange={({ target }) => setHost(target.value)}>
          {all.map((one) => (
            <option key={one.host}>{one.host}</option>
          ))}
        </select>
      </p>
      {shown !== undefined && (
        <>
          <p className="hint">Into {shown.where}:</p>
          <Copyable text={shown.text} label={`Instructions for ${shown.host}`} />
        </>
      )}
    </section>
  )
}
