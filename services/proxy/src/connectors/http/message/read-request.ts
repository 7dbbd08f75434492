import { createHash } from 'node:crypto'
import type { Upstream } from '@sallyport/control'
import { decodeJson, type ExactJson, exactly, type JsonLimits } from '@sallyport/jsonrpc'
import type { AdmittedGateway } from '../../../domain/action.ts'
import type { AgentAuthorization } from '../../../domain/agent-authorization.ts'
import { MethodRefused, TargetRefused, UpgradeRefused } from '../errors.ts'
import { type Field, fieldsOf, fieldValue } from '../headers/field.ts'
import { preferredWait } from '../headers/prefer.ts'
import { requestFields, withVia } from '../headers/request-fields.ts'
import { canonicalPath } from '../target/canonical-path.ts'
import { canonicalQuery } from '../target/canonical-query.ts'
import { contradictedParameter, type Target } from '../target/upstream-target.ts'
import type { HttpBody, HttpCall } from './http-call.ts'
import { isJson } from './media-type.ts'
import { nameRequest } from './name-request.ts'
import { argumentsText, shownArguments } from './request-arguments.ts'
import { clientOf } from './user-agent.ts'

/** The gateway that asks, and the upstream that it asks. */
export interface Arrival {
  readonly actionId: string
  readonly gateway: AdmittedGateway
  readonly upstream: Upstream
  readonly agentAuthorization: AgentAuthorization | null
  readonly arrivedAt: number
}

/** A request's head as it came. */
export interface RawHead {
  readonly method: string
  readonly httpVersion: string
  /** The target's path behind the upstream's name, and its query. */
  readonly path: string
  readonly query: string | null
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[]
  /** Whether it asks for another protocol on its connection. */
  readonly upgrading: boolean
}

/** What is known of a body before any of it was read: null where there is none. */
export interface AnnouncedBody {
  /** Null where it comes in chunks. */
  readonly length: number | null
  readonly json: boolean
}

/** Throws MethodRefused, UpgradeRefused, TargetRefused, HeaderRepeated and OverrideRefused. */
export function readHead(arrival: Arrival, head: RawHead): HttpCall {
  const { method, httpVersion, rawHeaders, upgrading } = head
  if (method === 'TRACE' || method === 'CONNECT') throw new MethodRefused()
  const received = fieldsOf(rawHeaders)
  const passed = requestFields(received)
  if (upgrading) checkWebSocket(method, received)
  const target = { path: canonicalPath(head.path), query: canonicalQuery(head.query) }
  checkRegistered(arrival.upstream, target)
  const kind = upgrading ? 'websocket' : 'request'
  const call: HttpCall = {
    ...newCall(arrival, kind, method, httpVersion),
    client: clientOf(fieldValue(received, 'user-agent')),
    target,
    fields: withVia(passed, httpVersion),
    waitSeconds: preferredWait(fieldValue(received, 'prefer')),
  }
  return withBody(call, { kind: 'none' })
}

function newCall(arrival: Arrival, kind: HttpCall['kind'], method: string, httpVersion: string): HttpCall {
  return {
    ...arrival,
    kind,
    method,
    ...nameRequest(kind, method),
    transport: 'http',
    tool: null,
    subject: null,
    id: null,
    params: null,
    meta: null,
    boundMeta: null,
    argumentsText: null,
    argumentsUnread: null,
    session: null,
    protocolVersion: `HTTP/${httpVersion}`,
    client: null,
    requestBytes: 0,
    target: { path: '', query: null },
    fields: [],
    body: { kind: 'none' },
    waitSeconds: null,
  }
}

/** Node has refused whatever has two lengths, or a length beside chunks. */
export function announcedBody(
  { rawHeaders }: Pick<RawHead, 'rawHeaders'>,
  { fields: forwarded }: Pick<HttpCall, 'fields'>,
): AnnouncedBody | null {
  const fields = fieldsOf(rawHeaders)
  const length = fieldValue(fields, 'content-length')
  const chunked = fieldValue(fields, 'transfer-encoding') !== undefined
  if (!chunked && (length === undefined || Number(length) === 0)) return null
  // A request upstream says how it is read there: `Connection` can name either field.
  const json = isJson(fieldValue(forwarded, 'content-type'), fieldValue(forwarded, 'content-encoding'))
  return { length: chunked ? null : Number(length), json }
}

/** The same call with its JSON, which is read strictly. Throws NotStrictJson or the error of a limit. */
export function withJson(call: HttpCall, bytes: Buffer, limits: JsonLimits): HttpCall {
  const decoded = decodeJson(bytes, limits)
  const { canonical } = decoded
  const text: HttpBody = { kind: 'json', text: canonical }
  const fields = bytes.equals(Buffer.from(canonical)) ? call.fields : withoutDigests(call.fields)
  return withBody({ ...call, fields, requestBytes: bytes.length }, text, exactly(decoded))
}

/** The same call with a body that is not JSON and was kept whole. */
export function withKept(call: HttpCall, bytes: Buffer): HttpCall {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return withBody({ ...call, requestBytes: bytes.length }, { kind: 'kept', bytes, sha256 })
}

/** The same call with a body that is passed on after the decision, unread. */
export function withStream(call: HttpCall, why: 'not_json' | 'too_large', length: number | null): HttpCall {
  return withBody({ ...call, requestBytes: length ?? 0 }, { kind: 'stream', why, length })
}

/** As much as is known of a request that is refused for what its head says. */
export function unreadCall(arrival: Arrival, { method, httpVersion, upgrading }: RawHead): HttpCall {
  return newCall(arrival, upgrading ? 'websocket' : 'request', method, httpVersion)
}

function withBody(call: HttpCall, body: HttpBody, value: ExactJson = null): HttpCall {
  const parts = { method: call.method, target: call.target, fields: call.fields, body }
  return {
    ...call,
    body,
    params: shownArguments(parts, value),
    argumentsText: argumentsText(parts),
    argumentsUnread: unreadOf(body),
  }
}

function unreadOf(body: HttpBody): HttpCall['argumentsUnread'] {
  if (body.kind === 'kept') return 'not_json'
  return body.kind === 'stream' ? body.why : null
}

/** The operator chooses the registered part of the query, as the path. */
function checkRegistered({ target }: Upstream, { query }: Target): void {
  const name = target.kind === 'http' ? contradictedParameter(target.url, query) : undefined
  if (name !== undefined)
    throw new TargetRefused(
      `the registered address has the parameter ${JSON.stringify(name)} with another value`,
    )
}

/** Digests of the bytes that came would contradict the canonical text that goes. */
const DIGESTS: ReadonlySet<string> = new Set(['content-digest', 'content-md5', 'digest', 'repr-digest'])

function withoutDigests(fields: readonly Field[]): Field[] {
  return fields.filter(([name]) => !DIGESTS.has(name))
}

/** RFC 6455, section 4.2.1. */
function checkWebSocket(method: string, fields: readonly Field[]): void {
  const isWebSocket =
    method === 'GET' &&
    fieldValue(fields, 'upgrade')?.toLowerCase() === 'websocket' &&
    fieldValue(fields, 'sec-websocket-version') === '13' &&
    fieldValue(fields, 'sec-websocket-key') !== undefined &&
    fieldValue(fields, 'transfer-encoding') === undefined &&
    Number(fieldValue(fields, 'content-length') ?? 0) === 0
  if (!isWebSocket) throw new UpgradeRefused()
}
