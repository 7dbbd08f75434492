export type EngineName = 'kafka' | 'nats' | 'clickhouse'

/** Where an engine comes from: an address that was given, this machine, a container, a library in the process. */
export type Tier = 'url' | 'native' | 'container' | 'chdb' | 'none'

/** An engine somebody may use. `url`: kafka `host:port,host:port`, nats `nats://…`, clickhouse `http://…`. */
export interface RunningEngine {
  readonly url: string
  stop(): Promise<void>
}

/** What this machine can offer of an engine, in a form to be printed or sent. */
export interface EngineNews {
  readonly engine: EngineName
  readonly available: boolean
  readonly tier: Tier
  /** For people: `native (Kafka 4.2.0, java 17)`, or `skipped: ` and the reason. */
  readonly label: string
}

/** An engine that has not been started yet. `start` rejects where it is not available, and for the tier `chdb`. */
export interface EngineOffer<Engine = RunningEngine> extends EngineNews {
  start(): Promise<Engine>
}
