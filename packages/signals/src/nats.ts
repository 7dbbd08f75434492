import { setTimeout as delay } from 'node:timers/promises'
import { type Logger, messageOf, type NatsSecurity, silentLogger } from '@sallyport/runtime'
import {
  type ConnectionOptions,
  connect,
  Events,
  type NatsConnection,
  type Subscription as WireSubscription,
} from 'nats'
import { natsRefusal, securityOptions } from './nats-security.ts'
import type { Signals, Subscription } from './port.ts'
import { isSubject, parsePattern } from './subject.ts'

export interface NatsSignalsOptions {
  /** `host:port` or `nats://host:port` of some servers. */
  readonly servers: string | readonly string[]
  /** TLS and a user; plain text from nobody unless given. */
  readonly security?: NatsSecurity
  readonly name?: string
  /** Told of lost connections and of handlers that throw. */
  readonly logger?: Logger
}

const RETRY_MS = 250
const CLOSE_WITHIN_MS = 1000

/**
 * Wake-ups through NATS. Returns before it is connected and tries for ever, at first and after each loss. Meanwhile
 * `fault` says so and signals are lost. `onReconnect` fires each time subscriptions work (again).
 */
export function natsSignals(options: NatsSignalsOptions): Signals {
  return new NatsSignals(options)
}

interface Subscriber {
  readonly pattern: string
  readonly notify: (subject: string) => void
  readonly ready: () => void
  wire: WireSubscription | undefined
}

class NatsSignals implements Signals {
  readonly #options: NatsSignalsOptions
  readonly #logger: Logger
  readonly #subscribers = new Set<Subscriber>()
  readonly #listeners: (() => void)[] = []
  readonly #closing = new AbortController()
  readonly #ended: Promise<void>
  #connection: NatsConnection | undefined
  #fault: string | undefined = 'not connected yet'

  constructor(options: NatsSignalsOptions) {
    this.#options = options
    this.#logger = options.logger ?? silentLogger
    this.#ended = this.#stayConnected()
  }

  send(subject: string, message?: string): void {
    if (!isSubject(subject)) return
    try {
      this.#connection?.publish(subject, message)
    } catch (reason) {
      this.#logger.debug({ subject, reason: messageOf(reason) }, 'a signal was lost')
    }
  }

  subscribe(pattern: string, onSignal: (signal: { readonly subject: string }) => void): Subscription {
    parsePattern(pattern)
    const { promise: ready, resolve } = Promise.withResolvers<void>()
    const subscriber: Subscriber = {
      pattern,
      notify: (subject) => this.#guarded(() => onSignal({ subject }), subject),
      ready: resolve,
      wire: undefined,
    }
    if (this.#closing.signal.aborted) resolve()
    else this.#subscribers.add(subscriber)
    const connection = this.#connection
    if (connection) this.#attach(connection, subscriber)
    if (connection && this.#fault === undefined) connection.flush().then(resolve, () => {})
    return {
      ready,
      unsubscribe: () => {
        this.#subscribers.delete(subscriber)
        subscriber.wire?.unsubscribe()
        resolve()
      },
    }
  }

  onReconnect(listener: () => void): void {
    this.#listeners.push(listener)
  }

  fault(): string | undefined {
    return this.#fault
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#fault = 'closed'
    for (const subscriber of this.#subscribers) subscriber.ready()
    this.#subscribers.clear()
    await this.#ended
  }

  /** The client reconnects by itself; this begins anew where it gives up, above all before the first connection. */
  async #stayConnected(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      try {
        const connection = await connect(clientOptions(this.#options))
        await this.#use(connection)
      } catch (reason) {
        this.#fail(`not connected: ${this.#why(reason)}`)
      }
      await delay(RETRY_MS, undefined, { signal }).catch(() => {})
    }
  }

  async #use(connection: NatsConnection): Promise<void> {
    const { signal } = this.#closing
    const close = () => finish(connection)
    if (signal.aborted) return close()
    signal.addEventListener('abort', close, { once: true })
    this.#connection = connection
    for (const subscriber of this.#subscribers) this.#attach(connection, subscriber)
    this.#watch(connection).catch(() => {})
    await this.#announce(connection)
    const reason = await connection.closed()
    this.#connection = undefined
    this.#fail(`not connected: ${reason ? this.#why(reason) : 'the connection was closed'}`)
  }

  #why(reason: unknown): string {
    return natsRefusal(reason, this.#options.security) ?? messageOf(reason)
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type, data } of connection.status()) {
      if (type === Events.Disconnect) this.#fail(`disconnected from ${data}`)
      else if (type === Events.Reconnect) await this.#announce(connection)
    }
  }

  /** Tells only when the server has taken the subscriptions, so that nothing falls between re-reading and waking. */
  async #announce(connection: NatsConnection): Promise<void> {
    try {
      await connection.flush()
    } catch {
      return
    }
    if (this.#closing.signal.aborted) return
    this.#fault = undefined
    for (const subscriber of this.#subscribers) subscriber.ready()
    for (const listener of this.#listeners) this.#guarded(listener, 'reconnect')
  }

  #attach(connection: NatsConnection, subscriber: Subscriber): void {
    subscriber.wire = connection.subscribe(subscriber.pattern, {
      callback: (error, message) => {
        if (!error && this.#subscribers.has(subscriber)) subscriber.notify(message.subject)
      },
    })
  }

  #guarded(handler: () => void, subject: string): void {
    try {
      handler()
    } catch (thrown) {
      this.#logger.error({ subject, reason: messageOf(thrown) }, 'a signal handler threw')
    }
  }

  #fail(reason: string): void {
    if (this.#closing.signal.aborted || this.#fault === reason) return
    this.#fault = reason
    this.#logger.warn({ reason }, 'wake-ups do not work')
  }
}

function clientOptions({ servers, security, name }: NatsSignalsOptions): ConnectionOptions {
  return {
    servers: typeof servers === 'string' ? servers : [...servers],
    ...securityOptions(security ?? {}),
    ...(name === undefined ? {} : { name }),
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    ignoreAuthErrorAbort: true,
    timeout: 3000,
    // A server that is gone without a word is noticed in seconds; the default is four minutes.
    pingInterval: 5000,
  }
}

/** Lets what was sent go out, if the server takes it. */
async function finish(connection: NatsConnection): Promise<void> {
  const late = delay(CLOSE_WITHIN_MS, undefined, { ref: false })
  await Promise.race([connection.drain(), late]).catch(() => {})
  await connection.close()
}
