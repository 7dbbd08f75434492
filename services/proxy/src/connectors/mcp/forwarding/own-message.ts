import type { Credentials } from '../../../reaching/credentials/credentials.ts'
import type { UpstreamReceiver } from '../../../reaching/upstream-receiver.ts'
import type { Upstreams } from '../../../reaching/upstreams.ts'
import type { McpCall } from '../message/call.ts'
import { partyOf } from './party-of.ts'
import { upstreamHeaders } from './upstream-headers.ts'

/** The way to upstreams, and what is presented to them. */
export interface Reaching {
  readonly upstreams: Upstreams
  readonly credentials: Credentials
}

/** Sends the upstream a message of the proxy's own, in the session and with the revision of the call it is about. */
export async function sendOwn(
  { upstreams, credentials }: Reaching,
  about: McpCall,
  method: string,
  canonical: string,
  receiver: UpstreamReceiver,
): Promise<void> {
  const call: McpCall = { ...about, kind: 'request', method, canonical }
  const passed = {
    protocolVersion: about.protocolVersion,
    mirrored: null,
    accept: 'application/json, text/event-stream',
    lastEventId: undefined,
    traceparent: undefined,
  }
  const credential = await credentials.find(about)
  if ('fault' in credential) {
    receiver.refuse(credential.fault)
    return
  }
  const headers = upstreamHeaders(call, passed, credential.header, { text: canonical, declared: [] })
  upstreams.send(about.upstream, { method: 'POST', headers, body: canonical, ...partyOf(call) }, receiver)
}
