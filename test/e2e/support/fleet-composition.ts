import { engine, type Fleet, startFleet } from '@sallyport/native'
import type { Composition } from './composition.ts'
import { compositionOf } from './composition-of-fleet.ts'

export interface FleetComposition extends Composition {
  readonly fleet: Fleet
}

/** The engines the fleet needs; a suite is skipped, with its reason printed, where one is missing. */
export const fleetEngines = { kafka: await engine('kafka'), nats: await engine('nats') }

/** Two proxies, two decisions, approvals and audit as processes of their own, on a real Kafka and a real NATS. */
export async function startFleetComposition(): Promise<FleetComposition> {
  const [kafka, nats] = await Promise.all([fleetEngines.kafka.start(), fleetEngines.nats.start()])
  const fleet = await startFleet({ kafkaBrokers: kafka.url, natsUrl: nats.url })
  return {
    ...compositionOf(fleet),
    fleet,
    async stop() {
      await fleet.stop()
      await Promise.all([nats.stop(), kafka.stop()])
    },
  }
}
