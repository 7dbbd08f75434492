import httpProxy from '@fastify/http-proxy'
import { messageOf } from '@sallyport/runtime'
import { fastify } from 'fastify'
import { EngineFailed } from '../errors.ts'
import { Rotation } from './rotation.ts'

/** The addresses behind the front, e.g. `http://127.0.0.1:41001`; several of a kind take turns. */
export interface FrontTargets {
  readonly proxies: readonly string[]
  /** Where proxies answer operators. */
  readonly probes: readonly string[]
  readonly decisions: readonly string[]
  readonly approvals: readonly string[]
  readonly audits: readonly string[]
}

export interface Front {
  readonly url: string
  close(): Promise<void>
}

/** Targets take turns, unless the first that will do is preferred. */
export type Route = readonly [prefix: string, targets: readonly string[], order?: 'turns' | 'preferred']

/** A service behind the front of a native fleet does not answer. */
const FLEET_UNANSWERED = 'SP_FLEET_UNANSWERED'

const UNANSWERED = {
  type: 'about:blank',
  title: 'Service Unavailable',
  status: 503,
  detail: 'the service behind this address does not answer',
  code: FLEET_UNANSWERED,
}

/** What the load balancer of infra/compose.yaml does, on one machine: one address for agents, one for people. */
export async function startFront(host: string, port: number, routes: readonly Route[]): Promise<Front> {
  // Bodies pass as streams: whoever is behind knows how much it takes.
  const server = fastify({ bodyLimit: Number.MAX_SAFE_INTEGER })
  const rotations = new Map<readonly string[], Rotation>()
  server.addHook('onClose', async () => {
    for (const rotation of rotations.values()) rotation.close()
  })
  const ready = () => [...rotations.values()].every((rotation) => rotation.well() > 0)
  // The front itself answers both: it works as long as it answers, and is ready when each kind behind it has one.
  server.get('/healthz', async () => ({ status: 'ok' }))
  server.get('/readyz', async (_request, reply) =>
    reply.code(ready() ? 200 : 503).send({ status: ready() ? 'ok' : 'down' }),
  )
  for (const [prefix, targets, order] of routes) {
    const rotation = rotations.get(targets) ?? new Rotation(targets, order)
    rotations.set(targets, rotation)
    await server.register(httpProxy, {
      upstream: '',
      prefix,
      rewritePrefix: prefix,
      websocket: WITH_WEBSOCKETS.has(prefix),
      undici: {
        bodyTimeout: 0,
        headersTimeout: 0,
        connections: 256,
        connect: rotation.connect,
        // A connection that stands in for a target must not outlive its absence.
        keepAliveMaxTimeout: 1000,
      },
      replyOptions: {
        getUpstream: () => rotation.next(),
        onError: (reply) => reply.code(503).type('application/problem+json').send(UNANSWERED),
      },
    })
  }
  const url = await server.listen({ host, port }).catch((cause: unknown) => {
    throw new EngineFailed('fleet', `cannot listen on ${host}:${port} (${messageOf(cause)})`, { cause })
  })
  return { url, close: () => server.close() }
}

/** What speaks WebSocket: the wrapper's connection, and APIs that do. */
const WITH_WEBSOCKETS: ReadonlySet<string> = new Set(['/stdio', '/http'])

export const agentRoutes = ({ proxies }: FrontTargets) =>
  [
    ['/mcp', proxies],
    ['/http', proxies],
    ['/stdio', proxies],
    ['/.well-known', proxies],
  ] as const

/** Which part answers which path of the API. Every other path goes to audit, which serves the documents too. */
export const apiRoutes = (targets: FrontTargets) => {
  const any = [...targets.audits, ...targets.decisions, ...targets.approvals]
  return [
    ['/v1/gateways', targets.decisions],
    ['/v1/proxy', targets.decisions],
    ['/v1/upstreams', targets.decisions],
    ['/v1/connectors', targets.decisions],
    ['/v1/catalog', targets.decisions],
    ['/v1/permissions', targets.decisions],
    ['/v1/kill-switch', targets.decisions],
    ['/v1/tokens', targets.decisions],
    ['/v1/persons', targets.decisions],
    ['/v1/bots', targets.decisions],
    ['/v1/groups', targets.decisions],
    ['/v1/session', targets.decisions],
    ['/sign-in', targets.decisions],
    ['/v1/webhooks', targets.decisions],
    ['/v1/probes', targets.probes],
    ['/v1/approvals', targets.approvals],
    ['/v1/grants', targets.approvals],
    ['/approve', targets.approvals],
    ['/slack', targets.approvals],
    ['/teams', targets.approvals],
    // Any of them shows the whole installation, so that one that is down is seen.
    ['/v1/status', any, 'preferred'],
    ['/console', any, 'preferred'],
    ['/', targets.audits],
  ] as const
}
