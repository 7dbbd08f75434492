import type { JsonObject } from '@sallyport/jsonrpc'
import type { McpCall } from '../message/call.ts'
import { ownEnvelope } from '../message/envelope.ts'
import { type PassedHeaders, upstreamHeaders } from './upstream-headers.ts'

const PASSED: Omit<PassedHeaders, 'protocolVersion'> = {
  mirrored: null,
  accept: 'application/json, text/event-stream',
  lastEventId: undefined,
  traceparent: undefined,
}

/** A request of our own to the upstream of a call, in its session or, without one, in its era. */
export function ownRequest(
  call: McpCall,
  id: string,
  method: string,
  params: JsonObject,
  credential: string | null,
): { readonly headers: string[]; readonly body: string } {
  const { era, protocolVersion } = call
  const own = era === 'stateless' ? { ...params, _meta: ownEnvelope(protocolVersion ?? '') } : params
  const value = { jsonrpc: '2.0', id, method, params: own }
  const body = JSON.stringify(value)
  const message = { kind: 'request', id, method, params: own, canonical: body, value } as const
  const request: McpCall = { ...call, kind: 'request', method, message, canonical: body }
  const headers = upstreamHeaders(request, { ...PASSED, protocolVersion }, credential, {
    text: body,
    declared: [],
  })
  return { headers, body }
}
