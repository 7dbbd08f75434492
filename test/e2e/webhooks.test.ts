import { afterAll, beforeAll, describe } from 'vitest'
import { webhooks } from './scenarios/webhooks.ts'
import { openWorld, type World } from './scenarios/world.ts'
import { type FleetComposition, fleetEngines, startFleetComposition } from './support/fleet-composition.ts'
import { type Standalone, startStandalone } from './support/standalone-composition.ts'

/** A receiver that hangs is given up soon, and asked again soon. */
const environment = { SALLYPORT_WEBHOOK_ANSWER_MS: '1000', SALLYPORT_WEBHOOK_PAUSE_MS: '1000' }

describe('standalone', () => {
  let composition: Standalone
  let opened: World

  beforeAll(async () => {
    composition = await startStandalone({ environment })
    opened = await openWorld(composition)
  })
  afterAll(() => opened?.close())

  webhooks({
    world: () => opened,
    /** The whole Sallyport: it starts again on its folder, with other addresses. */
    async kill() {
      await composition.end('SIGKILL')
      await Promise.all([opened.files.stop(), opened.everything.stop()])
      composition = await startStandalone({ folder: composition.folder, environment })
      opened = await openWorld(composition)
    },
  })
})

describe.skipIf(!fleetEngines.kafka.available || !fleetEngines.nats.available)('fleet', () => {
  let composition: FleetComposition
  let opened: World

  beforeAll(async () => {
    composition = await startFleetComposition({ audits: 2, environment })
    opened = await openWorld(composition)
  })
  afterAll(() => opened?.close())

  webhooks({
    world: () => opened,
    /** One of the two that share the partitions; the other takes over, and it comes back later. */
    async kill() {
      const killed = composition.fleet.processes.get('audit-2')
      await killed?.kill9()
      await killed?.restart()
    },
  })
})
