import type { Readable } from 'node:stream'
import type { Released } from '../../../governing/connector.ts'
import type { OpenExchanges } from '../../../governing/open-exchanges.ts'
import { ForwardingRecord } from '../../../governing/record/forwarding-record.ts'
import type { Recording } from '../../../governing/record/record-decision.ts'
import type { Upstreams } from '../../../reaching/upstreams.ts'
import type { HttpExchange } from '../exchange/http-exchange.ts'
import type { HttpCall } from '../message/http-call.ts'
import { upstreamPath } from '../target/upstream-target.ts'
import { HttpForwarding } from './http-forwarding.ts'

export interface HttpForwardingNeeds {
  readonly upstreams: Pick<Upstreams, 'sendHttp'>
  readonly open: OpenExchanges<HttpCall>
  readonly recording: Pick<Recording, 'recorder' | 'clock' | 'counters'>
  /** How long an upstream may be silent in its answer. */
  readonly idleMs: number
}

/** Sends a request whose decision is durable. Its answer flows to the agent; its end is recorded. */
export function forward(needs: HttpForwardingNeeds, released: Released<HttpExchange>): void {
  const { upstreams, open, recording, idleMs } = needs
  const { exchange, verdict, credential, resumption, input } = released
  const { call, answer, body } = exchange
  const { target } = call.upstream
  if (target.kind !== 'http') throw new Error('an http upstream is reached at an address')
  const record = new ForwardingRecord(recording, call, verdict, resumption)
  const onOver = () => open.delete(forwarding)
  const forwarding = new HttpForwarding({ exchange, record, idleMs, input, onOver })
  open.add(forwarding)
  if (answer.gone) {
    forwarding.interrupt('the agent went away')
    return
  }
  const request = {
    method: call.method,
    headers: headersOf(call, credential),
    body: bodyOf(call, () => body?.stream() ?? null),
    path: upstreamPath(target.url, call.target),
    // Its silence is counted where the agent's own slowness is known.
    endless: true,
    ...(call.kind === 'websocket' ? { upgrade: 'websocket' } : {}),
  }
  upstreams.sendHttp(call.upstream, target, request, forwarding)
}

/** The credential comes last, after everything that the agent may say. */
function headersOf({ fields, body }: HttpCall, credential: string | null): string[] {
  const length = body.kind === 'stream' && body.length !== null ? ['content-length', String(body.length)] : []
  return [...fields.flat(), ...length, ...(credential === null ? [] : ['authorization', credential])]
}

function bodyOf({ body }: HttpCall, stream: () => Readable | null): string | Buffer | Readable | null {
  switch (body.kind) {
    case 'none':
      return null
    case 'json':
      return body.text
    case 'kept':
      return body.bytes
    case 'stream':
      return stream()
  }
}
