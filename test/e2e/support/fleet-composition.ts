import { type Fleet, ownKafka, ownNats, startFleet } from '@sallyport/native'
import type { Composition } from './composition.ts'
import { compositionOf } from './composition-of-fleet.ts'

export interface FleetComposition extends Composition {
  readonly fleet: Fleet
}

export interface FleetCompositionOptions {
  readonly audits?: number
  /** Where people reach the fleet; a free port unless given. */
  readonly apiPort?: number
  readonly environment?: Readonly<Record<string, string>>
}

/**
 * Engines of the fleet's own: its topics are those of the product, and another suite's admin token would be there
 * before its own. A suite is skipped, with its reason printed, where one is missing.
 */
export const fleetEngines = { kafka: await ownKafka(), nats: await ownNats() }

/** Two proxies, two decisions, approvals and audit as processes of their own, on a real Kafka and a real NATS. */
export async function startFleetComposition(
  options: FleetCompositionOptions = {},
): Promise<FleetComposition> {
  const [kafka, nats] = await Promise.all([fleetEngines.kafka.start(), fleetEngines.nats.start()])
  const fleet = await startFleet({
    kafkaBrokers: kafka.brokers.join(','),
    natsUrl: nats.url,
    environment: { SALLYPORT_PROXY_STDIO: 'on', ...options.environment },
    audits: options.audits ?? 1,
    ...(options.apiPort === undefined ? {} : { apiPort: options.apiPort }),
  })
  return {
    ...compositionOf(fleet),
    fleet,
    async stop() {
      await fleet.stop()
      await Promise.all([nats.stop(), kafka.stop()])
    },
  }
}
