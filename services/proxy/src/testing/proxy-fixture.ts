import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { ControlView } from '@sallyport/control'
import { createPublisher, type EventLog, memoryEventLog } from '@sallyport/event-log'
import { decodeEvent, type EventOf, type EventType, type SallyportEvent, TOPICS } from '@sallyport/events'
import {
  DEVELOPMENT,
  type Environment,
  type Logger,
  newToken,
  type Perimeter,
  readConfig,
  silentLogger,
} from '@sallyport/runtime'
import { type ProxyConfig, proxySpec } from '../config.ts'
import { createProxyService, type ProxyDeps } from '../service.ts'
import { FixedControl } from './fixed-control.ts'
import { FixedDecision } from './fixed-decision.ts'
import { FoldedApprovals } from './folded-approvals.ts'
import { LocalSignals } from './local-signals.ts'

type Overrides = { readonly [G in keyof ProxyConfig]?: Partial<ProxyConfig[G]> }

export interface FixtureOptions extends Partial<Pick<ProxyDeps, 'secret' | 'approvals' | 'decision'>> {
  readonly log?: EventLog
  readonly config?: Overrides
  readonly environment?: Environment
  readonly perimeter?: Perimeter
  readonly control?: FixedControl
  /** Control state of the log's own, instead of the one that is set by hand. */
  readonly folded?: ControlView
  /** A token that `control` knows; without one a gateway is added. */
  readonly token?: string
  readonly signals?: LocalSignals
  readonly logger?: Logger
}

export const GATEWAY = 'code-agent'

/** A proxy on a free port. Everything around it is in memory, for the test to look at. */
export async function startProxy(options: FixtureOptions = {}) {
  const log = options.log ?? memoryEventLog()
  const control = options.control ?? new FixedControl()
  const decision = options.decision ?? new FixedDecision()
  if (decision instanceof FixedDecision) decision.control ??= options.folded ?? control
  const signals = options.signals ?? new LocalSignals()
  const approvals = options.approvals ?? new FoldedApprovals(signals)
  const token = options.token ?? newToken('sp_gw_')
  if (options.token === undefined) control.addGateway(GATEWAY, token)
  const service = createProxyService({
    config: configured(options.config ?? {}),
    publisher: createPublisher({ log, producer: 'proxy/test' }),
    signals,
    control: options.folded ?? control,
    decision,
    approvals,
    secret: options.secret ?? randomBytes(32),
    environment: options.environment ?? {},
    perimeter: options.perimeter ?? DEVELOPMENT,
    clock: () => new Date(),
    logger: options.logger ?? silentLogger,
  })
  await service.start()
  const { port } = service.server.server.address() as AddressInfo
  return {
    service,
    url: `http://127.0.0.1:${port}`,
    token,
    log,
    control,
    signals,
    decision: decision as FixedDecision,
    approvals: approvals as FoldedApprovals,
    /** The first recorded event of this type that fits, waiting for it if need be. */
    recorded: <T extends EventType>(type: T, fits: (data: EventOf<T>['data']) => boolean = () => true) =>
      findEvent(log, type, fits),
    /** Everything in the actions topic now. */
    actions: () => eventsNow(log, TOPICS.actions),
    /** Everything in the control topic now. */
    commands: () => eventsNow(log, TOPICS.control),
    stop: () => service.stop(),
  }
}

export type ProxyFixture = Awaited<ReturnType<typeof startProxy>>

function configured(overrides: Overrides): ProxyConfig {
  const config = readConfig(proxySpec, { SALLYPORT_PROXY_LISTEN: '127.0.0.1:0' })
  const groups = Object.entries(config).map(([group, values]) => [
    group,
    { ...values, ...overrides[group as keyof ProxyConfig] },
  ])
  return Object.fromEntries(groups)
}

async function findEvent<T extends EventType>(
  log: EventLog,
  type: T,
  fits: (data: EventOf<T>['data']) => boolean,
): Promise<EventOf<T>> {
  const abort = new AbortController()
  try {
    for await (const batch of log.read(TOPICS.actions, { from: 'start', signal: abort.signal })) {
      for (const record of batch) {
        const event = decodeEvent(record)
        if (event.type === type && fits(event.data as EventOf<T>['data'])) return event as EventOf<T>
      }
    }
  } finally {
    abort.abort()
  }
  throw new Error(`the log ended without ${type}`)
}

async function eventsNow(log: EventLog, topic: string): Promise<SallyportEvent[]> {
  const end = (await log.ends(topic))[0] ?? 0
  const events: SallyportEvent[] = []
  if (end === 0) return events
  const abort = new AbortController()
  for await (const batch of log.read(topic, { from: 'start', signal: abort.signal })) {
    events.push(...batch.map(decodeEvent))
    if (events.length >= end) break
  }
  abort.abort()
  return events
}
