import type { Upstream } from '@sallyport/control'
import { NOTHING_SEEN, type Probe } from '../../domain/probe.ts'
import { UpstreamTimeout } from '../../domain/upstream-faults.ts'
import type { Credentials } from '../../reaching/credentials/credentials.ts'
import { HeadReceiver } from '../../reaching/head-receiver.ts'
import type { Upstreams } from '../../reaching/upstreams.ts'

const DEADLINE_MS = 10_000

/** Asks an API for its registered address with GET, which changes nothing. Rejects with what it ran into. */
export async function probeHttp(
  { upstreams, credentials }: { readonly upstreams: Upstreams; readonly credentials: Credentials },
  upstream: Upstream,
): Promise<Probe> {
  const credential = await credentials.find({ upstream, agentAuthorization: null })
  if ('fault' in credential) throw credential.fault
  const headers = ['accept', '*/*', 'user-agent', 'sallyport/0.1.0', 'via', '1.1 sallyport']
  if (credential.header !== null) headers.push('authorization', credential.header)
  const receiver = new HeadReceiver()
  const timer = setTimeout(() => receiver.giveUp(new UpstreamTimeout()), DEADLINE_MS)
  try {
    const party = { gateway: { id: 'probe', name: 'probe' }, sessionId: null, opensSession: false }
    upstreams.send(upstream, { method: 'GET', headers, body: null, ...party }, receiver)
    const { status } = await receiver.settled
    return {
      ...NOTHING_SEEN,
      answers: true,
      summary: `answers its address with HTTP ${status}${told(status)}`,
      status,
    }
  } finally {
    clearTimeout(timer)
  }
}

function told(status: number): string {
  if (status === 401 || status === 403) return ', so it wants a credential, or another one'
  return status === 404 ? ', which an API may well do for its root' : ''
}
