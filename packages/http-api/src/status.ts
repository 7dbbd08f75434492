import { type Health, type HealthCheck, readHealth, worstStatus } from '@sallyport/runtime'
import { Type } from 'typebox'
import type { ApiPlugin } from './api-plugin.ts'

const Status = Type.Union([Type.Literal('ok'), Type.Literal('degraded'), Type.Literal('down')])
const Part = Type.Object({
  status: Status,
  reason: Type.Optional(Type.String()),
  facts: Type.Optional(Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()]))),
})

export interface StatusOptions {
  /** The parts of this process. */
  readonly checks: Readonly<Record<string, HealthCheck>>
  /** Other processes: told to people, but this one is no less able to serve without them. */
  readonly peers: Readonly<Record<string, HealthCheck>>
  readonly clock: () => Date
}

/** GET /healthz for machines (503 when a part is down), GET /v1/status with the reasons for people. */
export function statusRoutes({ checks, peers, clock }: StatusOptions): ApiPlugin {
  return async (server) => {
    server.get(
      '/healthz',
      {
        config: { public: true },
        schema: {
          summary: 'Whether this process works',
          tags: ['status'],
          response: { 200: Type.Object({ status: Status }), 503: Type.Object({ status: Status }) },
        },
      },
      async (_request, reply) => {
        const status = worstStatus(Object.values(await readHealth(checks)))
        return reply.code(status === 'down' ? 503 : 200).send({ status })
      },
    )
    server.get(
      '/v1/status',
      {
        schema: {
          summary: 'The health of every part, with the reason when one is not well',
          tags: ['status'],
          response: {
            200: Type.Object({ status: Status, at: Type.String(), parts: Type.Record(Type.String(), Part) }),
          },
        },
      },
      async () => {
        const parts = await readHealth({ ...checks, ...peers })
        const own = Object.keys(checks).flatMap((name) => parts[name] ?? [])
        const others = Object.keys(peers).map((name) => ({ name, health: parts[name] }))
        const status = worstStatus([...own, ...asOneEach(others)])
        return { status, at: clock().toISOString(), parts }
      },
    )
  }
}

interface Peer {
  readonly name: string
  readonly health: Health | undefined
}

/** Several of a kind (`proxy-1`, `proxy-2`) stand in for each other: one that is down is a loss, all are an outage. */
function asOneEach(peers: readonly Peer[]): Health[] {
  const kinds = Map.groupBy(peers, ({ name }) => name.replace(/-\d+$/, ''))
  return [...kinds.values()].map((kind) => {
    const well = kind.filter(({ health }) => health?.status === 'ok').length
    if (well === kind.length) return { status: 'ok' }
    return { status: kind.every(({ health }) => health?.status === 'down') ? 'down' : 'degraded' }
  })
}
