import { Counter, Gauge, type Registry } from 'prom-client'

/** What a scrape asks of a consumer. */
export interface Watched {
  readonly name: string
  active(): boolean
  lag(): Promise<{ readonly events: number; readonly ms: number }>
}

export interface DeliveryMetrics {
  delivered(consumer: string, events: number): void
  failed(consumer: string): void
  deadLetters(consumer: string, events: number): void
  watch(consumer: Watched): void
  forget(consumer: Watched): void
}

export const noMetrics: DeliveryMetrics = {
  delivered() {},
  failed() {},
  deadLetters() {},
  watch() {},
  forget() {},
}

/** The figures of all consumers of a process, by consumer. Once for each registry. */
export function deliveryMetrics(registry: Registry): DeliveryMetrics {
  const watched = new Set<Watched>()
  const base = { labelNames: ['consumer'] as const, registers: [registry] }
  const delivered = new Counter({
    ...base,
    name: 'sallyport_delivery_events_total',
    help: 'Events that a destination confirmed',
  })
  const failed = new Counter({
    ...base,
    name: 'sallyport_delivery_failed_attempts_total',
    help: 'Attempts that a destination did not confirm',
  })
  const deadLetters = new Counter({
    ...base,
    name: 'sallyport_delivery_dead_letters_total',
    help: 'Events that were given up and kept as dead letters',
  })
  new Gauge({
    ...base,
    name: 'sallyport_delivery_active',
    help: '1 where this process is one that delivers, 0 where it waits to take over',
    collect() {
      this.reset()
      for (const consumer of watched) this.set({ consumer: consumer.name }, consumer.active() ? 1 : 0)
    },
  })
  new Gauge({
    ...base,
    name: 'sallyport_delivery_lag_events',
    help: 'Events in the log that the consumer has not dealt with',
    async collect() {
      this.reset()
      for (const [name, { events }] of await lagsOf(watched)) this.set({ consumer: name }, events)
    },
  })
  new Gauge({
    ...base,
    name: 'sallyport_delivery_lag_seconds',
    help: 'How long the oldest event on its way has been in the log',
    async collect() {
      this.reset()
      for (const [name, { ms }] of await lagsOf(watched)) this.set({ consumer: name }, ms / 1000)
    },
  })
  return {
    delivered: (consumer, events) => delivered.inc({ consumer }, events),
    failed: (consumer) => failed.inc({ consumer }),
    deadLetters: (consumer, events) => deadLetters.inc({ consumer }, events),
    watch: (consumer) => watched.add(consumer),
    forget: (consumer) => watched.delete(consumer),
  }
}

type Lag = Awaited<ReturnType<Watched['lag']>>

/** The consumers whose log does not answer are left out. */
async function lagsOf(watched: ReadonlySet<Watched>): Promise<readonly (readonly [string, Lag])[]> {
  const lags = await Promise.all(
    [...watched].map(async (consumer) => {
      const lag = await consumer.lag().catch(() => undefined)
      return lag ? [[consumer.name, lag] as const] : []
    }),
  )
  return lags.flat()
}
