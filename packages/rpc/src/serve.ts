import { Server, ServerCredentials } from '@grpc/grpc-js'
import {
  type HealthCheck,
  type ListenAddress,
  type Logger,
  type StrangerLimits,
  silentLogger,
  type TlsMaterial,
} from '@sallyport/runtime'
import { HealthImplementation } from 'grpc-health-check'
import type { ApprovalsPoint } from './approvals.ts'
import type { DecisionPoint } from './decision.ts'
import { APPROVALS_SERVICE, approvalsService, DECISION_SERVICE, decisionService } from './definitions.ts'
import { ListenFailed } from './errors.ts'
import { GrpcListener } from './grpc-listener.ts'
import { bearerCheck, type InternalToken } from './internal-bearer.ts'
import { approvalsHandlers } from './serve-approvals.ts'
import { decisionHandlers } from './serve-decision.ts'

export interface ServeGrpcOptions {
  readonly listen: ListenAddress
  readonly decision?: DecisionPoint
  readonly approvals?: ApprovalsPoint
  readonly internalToken: InternalToken
  /** With `ca`, callers must show a certificate that it signed. Absent, or without a pair: plain text. */
  readonly tls?: TlsMaterial | undefined
  /** Read every second; while it is `down`, grpc.health.v1 says NOT_SERVING. */
  readonly health?: HealthCheck
  /** Peers that have not shown the bearer: how many there may be, and for how long (256, for 10 s). */
  readonly strangers?: StrangerLimits
  readonly logger?: Logger
}

export interface GrpcServer {
  /** `host:port` with the port really taken. */
  readonly address: string
  /** Says NOT_SERVING, lets what runs end, and cuts what has not after a second. */
  stop(): Promise<void>
}

const STOP_WITHIN_MS = 1000
const HEALTH_EVERY_MS = 1000
/** A proxy shows the bearer with its first call, which it makes at once. */
const STRANGERS: StrangerLimits = { max: 256, withinMs: 10_000 }
/** A proxy has one stream for decisions, and a call for each approval that it asks about. */
const MOST_CALLS = 4096
/** A socket without any call. Proxies open another one when they need it. */
const IDLE_MS = 30 * 60_000

/** Serves the given points over gRPC, for callers that hold the internal bearer; health is open to all. */
export async function serveGrpc(options: ServeGrpcOptions): Promise<GrpcServer> {
  const { listen, decision, approvals, internalToken, tls } = options
  const check = bearerCheck(internalToken)
  const listener = new GrpcListener(options.strangers ?? STRANGERS, options.logger ?? silentLogger)
  const server = new Server({
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 3000,
    'grpc.max_concurrent_streams': MOST_CALLS,
    'grpc.max_connection_idle_ms': IDLE_MS,
    interceptors: [listener.welcoming(check)],
  })
  const services = ['']
  const decisionPart = decision && decisionHandlers(decision, check)
  if (decisionPart) {
    server.addService(decisionService, decisionPart.handlers)
    services.push(DECISION_SERVICE)
  }
  if (approvals) {
    server.addService(approvalsService, approvalsHandlers(approvals, check))
    services.push(APPROVALS_SERVICE)
  }
  const health = new HealthImplementation()
  const announce = (serving: boolean) => {
    for (const service of services) health.setStatus(service, serving ? 'SERVING' : 'NOT_SERVING')
  }
  announce(true)
  health.addToServer(server)

  const port = await bind(listener, server, listen, tls)
  const watch = options.health && watchHealth(options.health, announce)
  return {
    address: addressOf({ host: listen.host, port }),
    async stop() {
      clearInterval(watch)
      announce(false)
      decisionPart?.endStreams()
      listener.close()
      await shutDown(server)
    },
  }
}

async function bind(
  listener: GrpcListener,
  server: Server,
  listen: ListenAddress,
  tls: TlsMaterial | undefined,
): Promise<number> {
  const secure =
    tls?.cert && tls.key
      ? ServerCredentials.createSsl(
          tls.ca ?? null,
          [{ cert_chain: tls.cert, private_key: tls.key }],
          tls.ca !== undefined,
        )
      : ServerCredentials.createInsecure()
  try {
    return await listener.listen(server, secure, listen)
  } catch (cause) {
    throw new ListenFailed(addressOf(listen), { cause })
  }
}

function addressOf({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function watchHealth(check: HealthCheck, announce: (serving: boolean) => void): NodeJS.Timeout {
  const read = async () => {
    try {
      announce((await check()).status !== 'down')
    } catch {
      announce(false)
    }
  }
  return setInterval(() => void read(), HEALTH_EVERY_MS).unref()
}

function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.forceShutdown(), STOP_WITHIN_MS)
    server.tryShutdown(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}
