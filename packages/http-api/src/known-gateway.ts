import { setTimeout as delay } from 'node:timers/promises'
import { type ControlView, GatewayNotRegistered, type RunningControlView } from '@sallyport/control'
import type { FastifyInstance } from 'fastify'

/** A control view, which may be able to read on to the end of the log. */
export type GatewayNames = ControlView & Partial<Pick<RunningControlView, 'fresh'>>

/** How long a name that is not known here may take to come: another process may just have given it. */
const PATIENCE_MS = 2000

/**
 * Refuses a filter by a gateway that never was, on routes whose config says `knownGateway`. A mistyped name would
 * give an empty list, which reads as good news.
 */
export function refuseUnknownGateways(server: FastifyInstance, control: GatewayNames): void {
  server.addHook('preHandler', async ({ query, routeOptions }) => {
    if (!routeOptions.config.knownGateway) return
    const { gateway } = query as { readonly gateway?: string }
    if (gateway === undefined || gateway === ANY || isKnown(control, gateway)) return
    const fresh = control.fresh?.().catch(() => {})
    await Promise.race([fresh, delay(PATIENCE_MS, undefined, { ref: false })])
    if (!isKnown(control, gateway)) throw new GatewayNotRegistered(gateway, control.state().gateways.keys())
  })
}

/** Every gateway, where a permission can be for all of them. */
const ANY = '*'

function isKnown(control: ControlView, name: string): boolean {
  return control.state().gateways.has(name)
}
