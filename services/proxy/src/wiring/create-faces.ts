import { type HealthCheck, InvalidConfig, isLoopback, Strangers } from '@sallyport/runtime'
import type { FastifyInstance } from 'fastify'
import type { ProxyConfig } from '../config.ts'
import { AccessTokens } from '../faces/authorization/access-tokens.ts'
import { metadataRoutes } from '../faces/authorization/metadata-routes.ts'
import { asksForWebSocket, httpRoutes } from '../faces/http/http-routes.ts'
import { routedPath } from '../faces/http/http-target.ts'
import { mcpRoutes } from '../faces/mcp/mcp-routes.ts'
import { acceptRelayed } from '../faces/server/accept-relayed.ts'
import type { Admitting } from '../faces/server/admit.ts'
import { CallersAtOnce } from '../faces/server/callers-at-once.ts'
import { createServer } from '../faces/server/create-server.ts'
import { decorateAdmitted } from '../faces/server/let-in.ts'
import { StreamKeepAlives } from '../faces/server/stream-keep-alives.ts'
import { shouldUpgrade, stdioRoute } from '../faces/wrapper/stdio-route.ts'
import type { WrapperConnections } from '../faces/wrapper/wrapper-connections.ts'
import { LargeMessages } from '../governing/limits/large-messages.ts'
import type { Memory } from '../governing/limits/memory.ts'
import type { Governing } from './create-governing.ts'
import type { HttpRooms } from './create-http.ts'
import type { McpRooms } from './create-mcp.ts'
import type { Reach } from './create-reach.ts'
import { channelLimits, requestLimits } from './limits-of.ts'
import type { ProxyDeps } from './proxy-deps.ts'

export interface FacesOptions {
  readonly deps: ProxyDeps
  readonly reach: Reach
  readonly governing: Governing
  readonly mcp: McpRooms
  readonly http: HttpRooms
  readonly memory: Memory
  readonly wrappers: WrapperConnections
  readonly health: Readonly<Record<string, HealthCheck>>
}

/** The server with every face that the proxy shows. */
export function createFaces({
  deps,
  reach,
  governing,
  mcp,
  http,
  memory,
  wrappers,
  health,
}: FacesOptions): FastifyInstance {
  const { config, control, clock, logger } = deps
  const { limits, authorization } = config
  const { relay, identities, upstreams } = reach
  const { recording } = governing
  const { address, hosts, origins } = config.listen
  const rules = { listensOnLoopback: isLoopback(address.host), hosts, origins }
  const strangers = new Strangers({ max: limits.strangers, withinMs: limits.requestMs }, logger)
  const accessTokens = accessTokensOf(config, clock)
  const admitting: Admitting = { control, accessTokens, authorization, rules, strangers }
  const lettingIn = {
    admitting,
    memory,
    callers: new CallersAtOnce(limits.callsPerGateway, limits.streamsPerGateway),
    large: new LargeMessages(),
  }
  const reading = requestLimits(config)
  const mcpFace = {
    ...lettingIn,
    ...mcp,
    limits,
    relay,
    recording,
    keepAlives: new StreamKeepAlives(config.streams.silentMs),
    requestLimits: reading,
    batchMax: config.json.batch,
    clock,
    logger,
  }
  const httpFace = {
    ...lettingIn,
    way: http.way,
    limits,
    jsonLimits: reading,
    idleMs: config.upstream.idleMs,
    recording,
    logger,
  }
  const wrapperFace = {
    admitting,
    wrappers,
    limits,
    way: mcp.way,
    control,
    seal: mcp.seal,
    attached: upstreams.attached,
    requestLimits: reading,
    channelLimits: channelLimits(config),
    callsPerGateway: limits.callsPerGateway,
    waitingBytes: config.stdio.waitingBytes,
    recording,
    logger,
  }
  const { upstreamMetadata } = mcp
  return createServer({
    rules,
    limits,
    strangers,
    logger,
    health,
    metrics: () => recording.counters.text(),
    shouldUpgrade: (request) => shouldUpgrade(request) || asksForWebSocket(request),
    routedPath,
    faces: [
      (server) => acceptRelayed(server, relay.address, identities),
      decorateAdmitted,
      (server) => mcpRoutes(server, mcpFace),
      (server, upgrades) => httpRoutes(server, upgrades, httpFace),
      (server) => metadataRoutes(server, { control, upstreamMetadata, authorization, rules, logger }),
      (server, upgrades) => stdioRoute(server, upgrades, wrapperFace),
    ],
  })
}

/** The audience of tokens decides who may call, so it is never taken from a request. */
function accessTokensOf({ authorization }: ProxyConfig, clock: () => Date): AccessTokens | null {
  if (authorization.issuers.length === 0) return null
  if (authorization.url === null)
    throw new InvalidConfig(['SALLYPORT_PROXY_URL is required with SALLYPORT_PROXY_ISSUERS'])
  return new AccessTokens({ rules: authorization, clock })
}
