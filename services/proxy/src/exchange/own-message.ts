import { credentialOf } from '../adapters/credentials.ts'
import type { UpstreamReceiver } from '../adapters/upstream-receiver.ts'
import type { Call } from '../domain/call.ts'
import { CredentialMissing } from '../domain/faults.ts'
import { upstreamHeaders } from '../domain/upstream-headers.ts'
import type { ProxyParts } from './parts.ts'

/** Sends the upstream a message of the proxy's own, in the session and with the revision of the call it is about. */
export function sendOwn(
  { upstreams, environment }: ProxyParts,
  about: Call,
  method: string,
  canonical: string,
  receiver: UpstreamReceiver,
): void {
  const call: Call = { ...about, kind: 'request', method, canonical }
  const passed = {
    protocolVersion: about.protocolVersion,
    mirrored: null,
    accept: 'application/json, text/event-stream',
    lastEventId: undefined,
    traceparent: undefined,
  }
  const credential = credentialOf(about.upstream, environment)
  if ('missing' in credential) {
    receiver.refuse(new CredentialMissing(credential.missing))
    return
  }
  const headers = upstreamHeaders(call, passed, credential.header, { text: canonical, declared: [] })
  upstreams.send(about.upstream, { method: 'POST', headers, body: canonical }, receiver)
}
