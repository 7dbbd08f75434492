import { timingSafeEqual } from 'node:crypto'
import type { ControlView } from '@sallyport/control'
import { type HealthCheck, readHealth, worstStatus } from '@sallyport/runtime'
import { Type } from 'typebox'
import type { ApiPlugin } from './api-plugin.ts'
import { installationHealth, type PeerHealth } from './installation-health.ts'
import { KillSwitchView, killSwitchView } from './kill-switch-view.ts'

const Status = Type.Union([Type.Literal('ok'), Type.Literal('degraded'), Type.Literal('down')])
const Part = Type.Object({
  status: Status,
  reason: Type.Optional(Type.String()),
  facts: Type.Optional(Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()]))),
})
const Probe = Type.Object({ status: Status, parts: Type.Optional(Type.Record(Type.String(), Part)) })

/** Other processes look at their parts for this long, and this process waits a little longer for them. */
const PEERS_WITHIN_MS = 3000

export interface StatusOptions {
  /** The parts of this process. */
  readonly checks: Readonly<Record<string, HealthCheck>>
  /** Other processes: told to people, but this one is no less able to serve without them. */
  readonly peers: Readonly<Record<string, () => Promise<PeerHealth>>>
  /** As it was last read, also while it may be stale. */
  readonly control: Pick<ControlView, 'state'>
  /** With this bearer, which only processes of the installation have, /healthz tells the parts and their reasons. */
  readonly healthToken?: string | undefined
  readonly clock: () => Date
}

/**
 * GET /healthz and /readyz for machines (503 when a part is down; /readyz also while this process stops), GET /v1/status
 * with the whole installation, the reasons and the kill switches that are on, for people.
 */
export function statusRoutes({ checks, peers, control, healthToken, clock }: StatusOptions): ApiPlugin {
  return async (server) => {
    let stopping = false
    server.addHook('preClose', async () => {
      stopping = true
    })
    const probe = async (authorization: string | undefined) => {
      const parts = await readHealth(checks)
      const status = worstStatus(Object.values(parts))
      return isToken(authorization, healthToken) ? { status, parts } : { status }
    }
    const schema = (summary: string) => ({
      config: { public: true },
      schema: { summary, tags: ['status'], response: { 200: Probe, 503: Probe } },
    })
    server.get('/healthz', schema('Whether this process works'), async ({ headers }, reply) => {
      const answer = await probe(headers.authorization)
      return reply.code(answer.status === 'down' ? 503 : 200).send(answer)
    })
    server.get('/readyz', schema('Whether this process takes requests'), async (_request, reply) => {
      const { status } = stopping ? { status: 'down' as const } : await probe(undefined)
      return reply.code(status === 'down' ? 503 : 200).send({ status })
    })
    server.get(
      '/v1/status',
      {
        // Trouble with the control state is what people look here for.
        config: { evenStale: true },
        schema: {
          summary: 'The health of every part, with the reason when one is not well',
          tags: ['status'],
          response: {
            200: Type.Object({
              status: Status,
              at: Type.String(),
              killSwitches: Type.Array(KillSwitchView, {
                description: 'those that are on; they change nothing about the status',
              }),
              parts: Type.Record(Type.String(), Part),
            }),
          },
        },
      },
      async () => {
        const [own, others] = await Promise.all([readHealth(checks), readHealth(peers, PEERS_WITHIN_MS)])
        const killSwitches = [...control.state().killSwitches.values()].map(killSwitchView)
        return { at: clock().toISOString(), killSwitches, ...installationHealth(own, others) }
      },
    )
  }
}

function isToken(authorization: string | undefined, token: string | undefined): boolean {
  if (authorization === undefined || token === undefined) return false
  const [given, wanted] = [Buffer.from(authorization), Buffer.from(`Bearer ${token}`)]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
