import { createSecretKey } from 'node:crypto'
import { type ControlView, controlHealth } from '@sallyport/control'
import type { Publisher } from '@sallyport/event-log'
import type { ApprovalsPoint, DecisionPoint } from '@sallyport/rpc'
import {
  deriveKey,
  type Environment,
  type Health,
  type HealthCheck,
  InvalidConfig,
  type Logger,
  newId,
  type Service,
} from '@sallyport/runtime'
import type { Signals } from '@sallyport/signals'
import type { FastifyInstance } from 'fastify'
import { Credentials } from './adapters/credentials.ts'
import { Recorder } from './adapters/recorder.ts'
import { Sealer } from './adapters/sealer.ts'
import { SessionSeal } from './adapters/session-seal.ts'
import { listTools } from './adapters/tool-definitions.ts'
import { Upstreams } from './adapters/upstreams.ts'
import { AccessTokens } from './authorization/access-tokens.ts'
import { UpstreamMetadata } from './authorization/upstream-metadata.ts'
import { channelLimits } from './channel/channel-limits.ts'
import type { ProxyConfig } from './config.ts'
import { whereToAnswer } from './domain/answers.ts'
import { BoundIds } from './domain/bound-ids.ts'
import { UNJUDGED } from './domain/verdict.ts'
import { OpenExchanges } from './exchange/open-exchanges.ts'
import type { ProxyParts } from './exchange/parts.ts'
import { RemoteCancellations } from './exchange/remote-cancellations.ts'
import { approvalUrl } from './hold/approval-url.ts'
import { ApprovalWatch } from './hold/approval-watch.ts'
import { HeldCalls } from './hold/held-calls.ts'
import { lostStanding } from './hold/standing.ts'
import { Counters } from './http/counters.ts'
import { createServer } from './http/create-server.ts'
import { StreamKeepAlives } from './http/stream-keep-alives.ts'
import { answerLimits } from './limits/decoding.ts'
import { Memory } from './limits/memory.ts'
import { ToolHeaders } from './modern/tool-headers.ts'
import { Relay } from './relay/relay.ts'
import { RelayedIdentities } from './relay/relayed-identity.ts'
import { RequestStates } from './request-state/sealed-state.ts'
import { HealedSessions } from './session/healed-sessions.ts'
import { TaskIds } from './tasks/task-ids.ts'
import { Tasks } from './tasks/tasks.ts'

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

export interface ProxyService extends Service {
  readonly server: FastifyInstance
  readonly health: Readonly<Record<string, HealthCheck>>
}

export function createProxyService(deps: ProxyDeps): ProxyService {
  const { config, publisher, signals, control, decision, approvals, secret, environment, clock, logger } =
    deps
  const open = new OpenExchanges()
  const memory = new Memory(config.limits.memoryBytes, config.limits.memoryPerGateway)
  const holds = new HeldCalls(config.hold.maxPerGateway)
  const watch = new ApprovalWatch({ approvals, signals, pollMs: config.hold.pollMs })
  const recorder = new Recorder({ publisher, logger, deadlineMs: config.limits.recordMs })
  const credentials = new Credentials({ environment, folder: config.credentials.folder, logger })
  const upstreams = new Upstreams(config.upstream, credentials, {
    ...config.stdio,
    limits: channelLimits(config),
    environment,
    logger,
  })
  const identities = new RelayedIdentities(deriveKey(secret, 'relay'), clock)
  const relay = new Relay({
    address: config.listen.advertise,
    identities,
    connectMs: config.upstream.connectMs,
  })
  const ids = new BoundIds(createSecretKey(deriveKey(secret, 'ids')))
  const claimant = `proxy/${newId()}`
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
      sallyport_proxy_memory_bytes: () => memory.bytes,
    }),
    holds,
    watch,
    relay,
    sseStreams: new Map(),
    claimant,
    states: new RequestStates(deriveKey(secret, 'request_state')),
    tasks,
    approvalPage,
    open,
    memory,
    remote: new RemoteCancellations(ids, signals),
    toolHeaders: new ToolHeaders({
      list: (call) => listTools(call, upstreams, credentials, answerLimits(config)),
    }),
    sessions: new HealedSessions(),
    keepAlives: new StreamKeepAlives(config.streams.silentMs),
  }
  const health: Record<string, HealthCheck> = {
    log: () => recorder.health(),
    control: controlHealth(control),
    approvals: () => watch.health(),
    signals: () => healthOf(signals.fault(), 'degraded'),
    ...deps.health,
  }
  const stops: (() => void)[] = []
  const server = createServer(parts, identities, health)
  return {
    server,
    health,
    async start() {
      stops.push(
        parts.remote.listen(parts),
        control.onChange((state) => {
          holds.controlChanged()
          open.review((call) => lostStanding(call, control, UNJUDGED))
          upstreams.keepOnly(state.upstreams.values())
          credentials.keepOnly(state.upstreams.values())
        }),
      )
      const { host, port } = config.listen.address
      await server.listen({ host, port })
    },
    async stop() {
      for (const stop of stops.splice(0)) stop()
      const closed = server.close()
      await within(HOLDS_STOP_MS, holds.stop())
      await open.stop(EXCHANGES_STOP_MS)
      await within(RECORDS_STOP_MS, recorder.settled())
      tasks.stop()
      server.server.closeAllConnections()
      await closed
      await relay.stop()
      await upstreams.stop()
    },
  }
}

/** Who says what a token must be for, says who may call: it is never taken from a request. */
function accessTokensOf({ authorization }: ProxyConfig, clock: () => Date): AccessTokens | null {
  if (authorization.issuers.length === 0) return null
  if (authorization.url === null)
    throw new InvalidConfig(['SALLYPORT_PROXY_URL is required with SALLYPORT_PROXY_ISSUERS'])
  return new AccessTokens({ rules: authorization, clock })
}

/** Together they stay under the five seconds that stopping may take. */
const HOLDS_STOP_MS = 1500
const EXCHANGES_STOP_MS = 1500
const RECORDS_STOP_MS = 1000

async function within(ms: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, ms)
  await Promise.race([work, late.promise])
  clearTimeout(timer)
}

function healthOf(fault: string | undefined, status: 'degraded' | 'down'): Health {
  return fault === undefined ? { status: 'ok' } : { status, reason: fault }
}
