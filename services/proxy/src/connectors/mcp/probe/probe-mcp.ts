import { type Gateway, type Upstream, upstreamDigest } from '@sallyport/control'
import { isJsonObject, type JsonObject } from '@sallyport/jsonrpc'
import { newId } from '@sallyport/runtime'
import { NOTHING_SEEN, type Probe } from '../../../domain/probe.ts'
import { sessionLabel } from '../../../domain/session-label.ts'
import { UpstreamRefused, UpstreamSessionLost, UpstreamTimeout } from '../../../domain/upstream-faults.ts'
import { HeadReceiver } from '../../../reaching/head-receiver.ts'
import type { ListingsOptions } from '../catalog/listings.ts'
import { OFFERS } from '../catalog/offers.ts'
import type { UpstreamCatalogs } from '../catalog/upstream-catalogs.ts'
import { sendOwn } from '../forwarding/own-message.ts'
import { ownRequest } from '../forwarding/own-request.ts'
import { partyOf } from '../forwarding/party-of.ts'
import { RpcCall } from '../forwarding/rpc-call.ts'
import type { McpCall } from '../message/call.ts'
import { HANDSHAKE_VERSIONS, STATELESS_VERSIONS } from '../message/protocol-versions.ts'
import { readCall } from '../message/read-call.ts'
import type { Session } from '../session/session.ts'
import { ToldReceiver } from '../session/told-receiver.ts'

/** A command may have to be fetched before it runs. */
const DEADLINE_MS = 15_000
const CLIENT = { name: 'sallyport', version: '0.1.0' }
/** The party of what the proxy asks by itself: no agent has this id. */
const PROBER: Gateway = {
  id: 'probe',
  name: 'probe',
  tokenHash: '',
  createdAt: '',
  revokedAt: null,
  issuers: [],
  ownerId: null,
}

export interface ProbingOptions extends ListingsOptions {
  /** Reads the lists, and takes note of them as of every list that is seen. */
  readonly catalog: Pick<UpstreamCatalogs, 'list'>
}

/**
 * Asks a server who it is and what it offers, in a session that ends with the probe: by the handshake, else without
 * one (2026-07-28), else whether it opens the stream of 2024-11-05. Rejects with what the handshake ran into.
 */
export async function probeMcp(options: ProbingOptions, upstream: Upstream): Promise<Probe> {
  const credential = await options.credentials.find({ upstream, agentAuthorization: null })
  if ('fault' in credential) throw credential.fault
  try {
    return await byHandshake(options, upstream)
  } catch (fault) {
    const later = await withoutHandshake(options, upstream).catch(() => undefined)
    const earlier = later ?? (await byStream(options, upstream).catch(() => undefined))
    if (earlier !== undefined) return earlier
    // There was no session that could have been lost: nothing is at the address.
    throw fault instanceof UpstreamSessionLost ? new UpstreamRefused(404) : fault
  }
}

async function byHandshake(options: ProbingOptions, upstream: Upstream): Promise<Probe> {
  const [version = ''] = HANDSHAKE_VERSIONS
  const id = `sallyport-${newId()}`
  const params = { protocolVersion: version, capabilities: {}, clientInfo: CLIENT }
  const call = callOf(options, upstream, { jsonrpc: '2.0', id, method: 'initialize', params })
  const handshake = new RpcCall(id, call, options.limits)
  await within(handshake, sendOwn(options, call, 'initialize', call.canonical, handshake))
  const { value } = await within(handshake, handshake.result)
  const spoken = typeof value['protocolVersion'] === 'string' ? value['protocolVersion'] : null
  const session = sessionOf(upstream, handshake.sessionId, spoken)
  const inSession: McpCall = { ...call, session, protocolVersion: spoken }
  const initialized = new ToldReceiver()
  const note = '{"jsonrpc":"2.0","method":"notifications/initialized"}'
  await sendOwn(options, inSession, 'notifications/initialized', note, initialized)
  await within(initialized, initialized.settled).catch(() => {})
  const found = await foundOf(options, inSession, spoken, value)
  if (session !== null) await end(options, inSession)
  return found
}

async function withoutHandshake(options: ProbingOptions, upstream: Upstream): Promise<Probe | undefined> {
  const [version = ''] = STATELESS_VERSIONS
  const id = `sallyport-${newId()}`
  const plain = callOf(options, upstream, { jsonrpc: '2.0', id, method: 'server/discover', params: {} })
  const call: McpCall = { ...plain, era: 'stateless', protocolVersion: version }
  const credential = await options.credentials.find(call)
  if ('fault' in credential) return undefined
  const { headers, body } = ownRequest(call, id, 'server/discover', {}, credential.header)
  const discovery = new RpcCall(id, call, options.limits)
  options.upstreams.send(upstream, { method: 'POST', headers, body, ...partyOf(call) }, discovery)
  const { value } = await within(discovery, discovery.result)
  return foundOf(options, call, version, value)
}

async function byStream(options: ProbingOptions, upstream: Upstream): Promise<Probe | undefined> {
  if (upstream.target.kind !== 'http') return undefined
  const credential = await options.credentials.find({ upstream, agentAuthorization: null })
  if ('fault' in credential) return undefined
  const headers = ['accept', 'text/event-stream']
  if (credential.header !== null) headers.push('authorization', credential.header)
  const stream = new HeadReceiver()
  const party = { gateway: PROBER, sessionId: null, opensSession: false }
  options.upstreams.send(upstream, { method: 'GET', headers, body: null, ...party }, stream)
  const { status, contentType } = await within(stream, stream.settled)
  if (status !== 200 || !contentType.startsWith('text/event-stream')) return undefined
  const summary =
    'opens a stream as servers of MCP 2024-11-05 (HTTP+SSE) do; what it offers is seen by its agents'
  return { ...NOTHING_SEEN, answers: true, summary, protocolVersion: '2024-11-05' }
}

async function foundOf(
  options: ProbingOptions,
  call: McpCall,
  protocolVersion: string | null,
  result: JsonObject,
): Promise<Probe> {
  const capabilities = isJsonObject(result['capabilities']) ? result['capabilities'] : {}
  const declared = OFFERS.filter(({ method }) => capabilities[method.split('/')[0] ?? ''] !== undefined)
  const offers = await Promise.all(
    declared.map(async (offer) => {
      const { elements } = await options.catalog.list(call, offer)
      return { kind: offer.kind, count: elements.length }
    }),
  )
  const server = clientOf(result['serverInfo'])
  const name =
    server === null ? 'answers' : `answers as ${[server.name, server.version].filter(Boolean).join(' ')}`
  const counts = offers.filter(({ count }) => count > 0).map(({ kind, count }) => counted(count, kind))
  const summary = `${name}, MCP ${protocolVersion ?? 'without a revision'}: ${counts.join(', ') || 'offers nothing'}`
  return { ...NOTHING_SEEN, answers: true, summary, server, protocolVersion, offers }
}

/** The server need not keep a session that nobody goes on with. */
async function end({ upstreams, credentials }: ListingsOptions, call: McpCall): Promise<void> {
  const credential = await credentials.find(call)
  if ('fault' in credential) return
  const headers = ['mcp-session-id', call.session?.upstreamId ?? '']
  if (call.protocolVersion !== null) headers.push('mcp-protocol-version', call.protocolVersion)
  if (credential.header !== null) headers.push('authorization', credential.header)
  const receiver = new HeadReceiver()
  const party = { gateway: PROBER, sessionId: call.session?.upstreamId ?? null, opensSession: false }
  upstreams.send(call.upstream, { method: 'DELETE', headers, body: null, ...party }, receiver)
  await within(receiver, receiver.settled).catch(() => {})
}

function callOf({ limits }: ListingsOptions, upstream: Upstream, message: JsonObject): McpCall {
  const arrival = {
    actionId: newId(),
    gateway: PROBER,
    upstream,
    agentAuthorization: null,
    session: null,
    versionHeader: null,
    arrivedAt: performance.now(),
  }
  return readCall(arrival, Buffer.from(JSON.stringify(message)), limits)
}

function sessionOf(
  upstream: Upstream,
  id: string | undefined,
  protocolVersion: string | null,
): Session | null {
  if (id === undefined) return null
  return {
    id,
    upstreamId: id,
    gatewayId: PROBER.id,
    upstream: upstream.name,
    upstreamDigest: upstreamDigest(upstream),
    protocolVersion,
    client: CLIENT,
    initialize: null,
    owner: null,
    endpoint: null,
    label: sessionLabel(id),
  }
}

/** The server would otherwise decide how long a person waits. */
async function within<T>(receiver: { giveUp(fault: UpstreamTimeout): void }, work: Promise<T>): Promise<T> {
  const timer = setTimeout(() => receiver.giveUp(new UpstreamTimeout()), DEADLINE_MS)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}

const LONGEST_NAME = 200

function clientOf(info: unknown): Probe['server'] {
  if (info === null || typeof info !== 'object') return null
  const { name, version } = info as Record<string, unknown>
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, LONGEST_NAME) : '')
  return text(name) === '' ? null : { name: text(name), version: text(version) }
}

function counted(count: number, kind: string): string {
  return `${count} ${kind}${count === 1 ? '' : 's'}`
}
