import {
  type Catalog,
  type ControlView,
  emptyCatalog,
  type Sighting,
  type Upstream,
  withSighting,
} from '@sallyport/control'
import type { Position, Publisher } from '@sallyport/event-log'
import { DEFAULT_TENANT, newEvent } from '@sallyport/events'
import { type Logger, messageOf } from '@sallyport/runtime'

export interface KnownCatalogsOptions {
  readonly control: ControlView
  readonly publisher: Publisher
  readonly clock: () => Date
  readonly logger: Logger
  /** This process. */
  readonly observer: string
}

/** Something seen that the control state does not hold yet. */
interface Pending {
  readonly upstream: Upstream
  readonly sighting: Sighting
  readonly time: string
  position: Position | undefined
}

/** Beyond it nothing is told until the log has caught up: memory stays bounded whatever upstreams list. */
const MOST_PENDING = 500
const RETRY_MS = 5000

/**
 * The offers of upstreams as this process knows them: the control state, and the sightings of this process that are
 * still on their way through the log. So a change counts from the moment that it is seen.
 */
export class KnownCatalogs {
  readonly #options: KnownCatalogsOptions
  readonly #pending = new Set<Pending>()
  readonly #local = new Map<string, { readonly base: Catalog | undefined; readonly catalog: Catalog }>()
  readonly #retries = new Set<NodeJS.Timeout>()

  constructor(options: KnownCatalogsOptions) {
    this.#options = options
  }

  of(upstream: Upstream): Catalog | undefined {
    const base = this.#options.control.state().catalogs.get(upstream.name)
    if (this.#pending.size === 0) return base
    this.#forgetFolded()
    const local = this.#local.get(upstream.name)
    if (local !== undefined && local.base === base) return local.catalog
    const mine = [...this.#pending].filter((one) => isOf(upstream, one))
    if (mine.length === 0) return base
    let catalog = base ?? emptyCatalog(upstream.name)
    for (const { sighting, time } of mine) catalog = withSighting(catalog, sighting, time)
    this.#local.set(upstream.name, { base, catalog })
    return catalog
  }

  orEmpty(upstream: Upstream): Catalog {
    return this.of(upstream) ?? emptyCatalog(upstream.name)
  }

  /** Counts at once, and is told to everybody. */
  tell(upstream: Upstream, sightings: readonly Sighting[]): void {
    const told: Pending[] = []
    for (const sighting of sightings) {
      if (this.#pending.size >= MOST_PENDING) {
        this.#options.logger.warn(
          { upstream: upstream.name },
          'too much of what upstreams list waits for the log',
        )
        break
      }
      const pending = { upstream, sighting, time: this.#options.clock().toISOString(), position: undefined }
      this.#pending.add(pending)
      this.#log(upstream, sighting)
      told.push(pending)
    }
    if (told.length === 0) return
    this.#local.delete(upstream.name)
    void this.#publishAll(told)
  }

  /** One after the other: all of a long list together would hold everybody else up. */
  async #publishAll(all: readonly Pending[]): Promise<void> {
    for (const pending of all) await this.#publish(pending)
  }

  stop(): void {
    for (const retry of this.#retries) clearTimeout(retry)
  }

  #log({ name }: Upstream, { kind, refused = [] }: Sighting): void {
    for (const one of refused)
      this.#options.logger.warn(
        { upstream: name, kind, ...one },
        'an entry that an upstream lists is refused',
      )
  }

  async #publish(pending: Pending): Promise<void> {
    const { publisher, clock, logger, observer } = this.#options
    const { name, createdAt } = pending.upstream
    const data = {
      actor: { type: 'system', name: observer } as const,
      idempotencyKey: null,
      upstream: name,
      registeredAt: createdAt,
      ...pending.sighting,
    }
    const type = 'sallyport.catalog.observed.v1'
    const event = {
      type,
      source: '/proxy',
      subject: name,
      tenant: DEFAULT_TENANT,
      key: DEFAULT_TENANT,
      data,
    } as const
    try {
      pending.position = await publisher.publish(newEvent(event, clock()))
    } catch (cause) {
      logger.warn({ upstream: name, cause: messageOf(cause) }, 'what an upstream lists was not recorded yet')
      const retry = setTimeout(() => {
        this.#retries.delete(retry)
        void this.#publish(pending)
      }, RETRY_MS).unref()
      this.#retries.add(retry)
    }
  }

  #forgetFolded(): void {
    const folded = this.#options.control.offset()
    for (const one of this.#pending) {
      if (one.position === undefined || one.position.offset >= folded) continue
      this.#pending.delete(one)
      this.#local.delete(one.upstream.name)
    }
  }
}

function isOf({ name, createdAt }: Upstream, { upstream }: Pending): boolean {
  return upstream.name === name && upstream.createdAt === createdAt
}
