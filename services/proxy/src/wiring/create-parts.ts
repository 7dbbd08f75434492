import { createSecretKey } from 'node:crypto'
import type { ControlView } from '@sallyport/control'
import type { Publisher } from '@sallyport/event-log'
import type { ApprovalsPoint, DecisionPoint } from '@sallyport/rpc'
import {
  deriveKey,
  type Environment,
  type HealthCheck,
  InvalidConfig,
  type Logger,
  newId,
} from '@sallyport/runtime'
import type { Signals } from '@sallyport/signals'
import type { ProxyConfig } from '../config.ts'
import { whereToAnswer } from '../connectors/mcp/answers/answers.ts'
import { UpstreamMetadata } from '../connectors/mcp/authorization/upstream-metadata.ts'
import { KnownCatalogs } from '../connectors/mcp/catalog/known-catalogs.ts'
import { readListing } from '../connectors/mcp/catalog/listings.ts'
import { UpstreamCatalogs } from '../connectors/mcp/catalog/upstream-catalogs.ts'
import type { ProxyParts } from '../connectors/mcp/exchange/parts.ts'
import { RemoteCancellations } from '../connectors/mcp/forwarding/remote-cancellations.ts'
import type { SseStreams } from '../connectors/mcp/legacy-sse/sse-streams.ts'
import type { McpCall } from '../connectors/mcp/message/call.ts'
import { answerLimits } from '../connectors/mcp/message/decoding.ts'
import { BoundIds } from '../connectors/mcp/rewrite/bound-ids.ts'
import { RequestStates } from '../connectors/mcp/rounds/sealed-state.ts'
import { HealedNews } from '../connectors/mcp/session/healed-news.ts'
import { HealedSessions } from '../connectors/mcp/session/healed-sessions.ts'
import { SessionSeal } from '../connectors/mcp/session/session-seal.ts'
import { listedTools, ToolHeaders } from '../connectors/mcp/stateless/tool-headers.ts'
import { TaskIds } from '../connectors/mcp/tasks/task-ids.ts'
import { Tasks } from '../connectors/mcp/tasks/tasks.ts'
import { AccessTokens } from '../faces/authorization/access-tokens.ts'
import { StreamKeepAlives } from '../faces/server/stream-keep-alives.ts'
import { WrapperConnections } from '../faces/wrapper/wrapper-connections.ts'
import { approvalUrl } from '../governing/hold/approval-url.ts'
import { ApprovalWatch } from '../governing/hold/approval-watch.ts'
import { HeldCalls } from '../governing/hold/held-calls.ts'
import { Memory } from '../governing/limits/memory.ts'
import { OpenExchanges } from '../governing/open-exchanges.ts'
import { Counters } from '../governing/record/counters.ts'
import { Recorder } from '../governing/record/recorder.ts'
import { channelLimits } from '../reaching/channel/channel-limits.ts'
import { Credentials } from '../reaching/credentials/credentials.ts'
import { Relay } from '../reaching/relay/relay.ts'
import { RelayedIdentities } from '../reaching/relay/relayed-identity.ts'
import { Sealer } from '../reaching/sealer.ts'
import { Upstreams } from '../reaching/upstreams.ts'

export interface ProxyDeps {
  readonly config: ProxyConfig
  readonly publisher: Publisher
  readonly signals: Signals
  readonly control: ControlView
  readonly decision: DecisionPoint
  readonly approvals: ApprovalsPoint
  /** The installation's secret: the keys for sessions and argument digests come from it. */
  readonly secret: Uint8Array
  /** Where the credentials of upstreams are read. */
  readonly environment: Environment
  readonly clock: () => Date
  readonly logger: Logger
  /** The address of this installation's own page for answering approvals, with {id}; null while there is none. */
  readonly approvalPage?: () => string | null
  /** Checks of what this proxy depends on, shown beside its own. */
  readonly health?: Readonly<Record<string, HealthCheck>>
}

/** What is put together once for each process. `upstreamsOf` is for tests that own what lies behind the proxy. */
export function createParts(
  deps: ProxyDeps,
  upstreamsOf = (credentials: Credentials) => realUpstreams(deps, credentials),
): { readonly parts: ProxyParts; readonly identities: RelayedIdentities } {
  const { config, publisher, signals, control, decision, approvals, secret, environment, clock, logger } =
    deps
  const open = new OpenExchanges()
  const memory = new Memory(config.limits.memoryBytes, config.limits.memoryPerGateway)
  const holds = new HeldCalls(config.hold.maxPerGateway)
  const watch = new ApprovalWatch({ approvals, signals, pollMs: config.hold.pollMs })
  const recorder = new Recorder({ publisher, logger, deadlineMs: config.limits.recordMs })
  const credentials = new Credentials({ environment, folder: config.credentials.folder, logger })
  const upstreams = upstreamsOf(credentials)
  const identities = new RelayedIdentities(deriveKey(secret, 'relay'), clock)
  const relay = new Relay({
    address: config.listen.advertise,
    identities,
    connectMs: config.upstream.connectMs,
  })
  const ids = new BoundIds(createSecretKey(deriveKey(secret, 'ids')))
  const claimant = `proxy/${newId()}`
  const sseStreams: SseStreams = new Map()
  const sessions = new HealedSessions(
    new HealedNews(new Sealer(deriveKey(secret, 'healed'), '', 4096), signals),
    {
      upstreams,
      credentials,
      recorder,
      answerLimits: answerLimits(config),
      address: relay.address,
      clock,
      logger,
    },
  )
  const heal = (call: McpCall) => sessions.heal(call)
  const reading = { upstreams, credentials, sseStreams, limits: answerLimits(config), heal }
  const catalog = new UpstreamCatalogs({
    known: new KnownCatalogs({ control, publisher, clock, logger, observer: claimant }),
    read: (call, offer) => readListing(reading, call, offer),
  })
  const approvalPage = deps.approvalPage ?? (() => null)
  const tasks = new Tasks({
    ids: new TaskIds(deriveKey(secret, 'task')),
    address: relay.address,
    process: claimant,
    ttlMs: config.hold.taskTtlMs,
    pollMs: config.hold.taskPollMs,
    maxBytes: config.hold.taskBytes,
    clock,
    where: (id) => whereToAnswer(id, approvalUrl({ config, approvalPage }, id)),
  })
  const wrappers = new WrapperConnections()
  const parts: ProxyParts = {
    config,
    control,
    decision,
    approvals,
    recorder,
    upstreams,
    credentials,
    accessTokens: accessTokensOf(config, clock),
    upstreamMetadata: new UpstreamMetadata(new Sealer(deriveKey(secret, 'metadata'), 'spm1.', 4096)),
    seal: new SessionSeal(deriveKey(secret, 'session')),
    ids,
    environment,
    digestKey: createSecretKey(deriveKey(secret, 'digest')),
    clock,
    logger,
    counters: new Counters({
      sallyport_proxy_open_exchanges: () => open.size,
      sallyport_proxy_held_calls: () => holds.size,
      sallyport_proxy_tasks: () => tasks.size,
      sallyport_proxy_children: () => upstreams.children,
      sallyport_proxy_wrappers: () => wrappers.size,
      sallyport_proxy_memory_bytes: () => memory.bytes,
    }),
    holds,
    watch,
    relay,
    wrappers,
    sseStreams,
    claimant,
    states: new RequestStates(deriveKey(secret, 'request_state')),
    tasks,
    approvalPage,
    approvalUrl: (id) => approvalUrl({ config, approvalPage }, id),
    address: relay.address,
    hold: config.hold,
    taskPollMs: config.hold.taskPollMs,
    answerLimits: answerLimits(config),
    open,
    memory,
    remote: new RemoteCancellations(ids, signals),
    toolHeaders: new ToolHeaders({ list: (call) => listedTools(catalog, call) }),
    catalog,
    sessions,
    keepAlives: new StreamKeepAlives(config.streams.silentMs),
  }
  return { parts, identities }
}

function realUpstreams({ config, environment, logger }: ProxyDeps, credentials: Credentials): Upstreams {
  return new Upstreams(config.upstream, credentials, {
    ...config.stdio,
    limits: channelLimits(config),
    environment,
    logger,
  })
}

/** Who says what a token must be for, says who may call: it is never taken from a request. */
function accessTokensOf({ authorization }: ProxyConfig, clock: () => Date): AccessTokens | null {
  if (authorization.issuers.length === 0) return null
  if (authorization.url === null)
    throw new InvalidConfig(['SALLYPORT_PROXY_URL is required with SALLYPORT_PROXY_ISSUERS'])
  return new AccessTokens({ rules: authorization, clock })
}
