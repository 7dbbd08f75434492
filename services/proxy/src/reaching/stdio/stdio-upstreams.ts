import type { Target, Upstream } from '@sallyport/control'
import { upstreamDigest } from '@sallyport/control'
import { type Environment, type Logger, newId } from '@sallyport/runtime'
import { childEnvironment, missingVariable, Watchdog } from '@sallyport/stdio'
import type { DroppedMessage } from '../../domain/dropped-message.ts'
import type { DroppedFrom } from '../../domain/records.ts'
import { sessionLabel } from '../../domain/session-label.ts'
import {
  type UpstreamFault,
  UpstreamNotStarted,
  UpstreamStdioOff,
  UpstreamsFull,
} from '../../domain/upstream-faults.ts'
import type { ChannelLimits } from '../channel/channel-exchanges.ts'
import { plainAnswer } from '../plain-answer.ts'
import type { UpstreamReceiver } from '../upstream-receiver.ts'
import type { UpstreamRequest } from '../upstream-request.ts'
import { Child } from './child.ts'
import { Restarts } from './restarts.ts'

export interface StdioUpstreamsOptions {
  readonly run: 'on' | 'off'
  readonly childrenMax: number
  readonly perUpstreamMax: number
  readonly idleMs: number
  readonly waitingBytes: number
  readonly limits: ChannelLimits
  readonly environment: Environment
  readonly logger: Logger
  /** Told of each message of a server's that reaches nobody. */
  readonly onDropped: (from: DroppedFrom, dropped: DroppedMessage) => void
}

type StdioTarget = Extract<Target, { readonly kind: 'stdio' }>

interface Running {
  readonly child: Child
  readonly upstream: string
  readonly digest: string
}

const SWEEP_MS = 30_000
const LAST_PATIENCE = { eofMs: 100, termMs: 400 }

/**
 * Servers that the proxy runs for remote clients. A stdio server knows one client, so each client session has its own
 * child. A gateway that works without sessions (2026-07-28) has one child.
 */
export class StdioUpstreams {
  readonly #options: StdioUpstreamsOptions
  /** By session id; by gateway and upstream where there are no sessions. */
  readonly #running = new Map<string, Running>()
  /** Those that had to make room and take their time to end. */
  readonly #ending = new Set<Child>()
  readonly #restarts = new Restarts()
  readonly #watchdog = new Watchdog()
  readonly #sweep: NodeJS.Timeout

  constructor(options: StdioUpstreamsOptions) {
    this.#options = options
    this.#sweep = setInterval(() => this.#endIdle(), Math.min(SWEEP_MS, options.idleMs)).unref()
  }

  /** How many children run. */
  get size(): number {
    return this.#running.size
  }

  send(upstream: Upstream, target: StdioTarget, request: UpstreamRequest, receiver: UpstreamReceiver): void {
    const { sessionId, gateway, opensSession, method } = request
    if (sessionId !== null) {
      const child = this.#running.get(sessionId)?.child
      // 404: the client, or the proxy in its stead, begins a new session.
      if (child === undefined) plainAnswer(receiver, 404)
      else this.#give(child, request, receiver)
      return
    }
    if (opensSession) {
      const id = newId()
      this.#start(upstream, target, id, id, request, receiver)
      return
    }
    if (method !== 'POST') {
      plainAnswer(receiver, 405)
      return
    }
    const key = keyOf(upstream, gateway)
    const child = this.#running.get(key)?.child
    if (child === undefined) this.#start(upstream, target, key, null, request, receiver)
    else this.#give(child, request, receiver)
  }

  /** When the server that such a request is for first says something; undefined where it has done so, or does not run. */
  begun(
    upstream: Upstream,
    { sessionId, gateway }: Pick<UpstreamRequest, 'sessionId' | 'gateway'>,
  ): Promise<void> | undefined {
    return this.#running.get(sessionId ?? keyOf(upstream, gateway))?.child.exchanges.begun
  }

  /** Ends the children of upstreams that are not registered any more, or not as they were. */
  keepOnly(upstreams: Iterable<Upstream>): void {
    const kept = [...upstreams].filter(({ target }) => target.kind === 'stdio')
    const digests = new Set(kept.map(upstreamDigest))
    for (const { child, digest } of this.#running.values()) if (!digests.has(digest)) void child.stop()
    this.#restarts.keepOnly(new Set(kept.map(({ name }) => name)))
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweep)
    const running = [...this.#running.values()].map(({ child }) => child)
    await Promise.all([...running, ...this.#ending].map((child) => child.stop(LAST_PATIENCE)))
  }

  #give(child: Child, request: UpstreamRequest, receiver: UpstreamReceiver): void {
    child.usedAt = performance.now()
    child.exchanges.send(request, receiver)
  }

  #start(
    upstream: Upstream,
    target: StdioTarget,
    key: string,
    sessionId: string | null,
    request: UpstreamRequest,
    receiver: UpstreamReceiver,
  ): void {
    const fault = this.#mayNotStart(upstream.name, target)
    if (fault !== undefined) {
      receiver.fault(fault)
      return
    }
    const child = this.#childOf(upstream, target, key, sessionId, request.gateway)
    if (child === undefined) {
      receiver.fault(new UpstreamNotStarted('its command cannot be run'))
      return
    }
    this.#running.set(key, { child, upstream: upstream.name, digest: upstreamDigest(upstream) })
    this.#give(child, request, receiver)
  }

  #childOf(
    upstream: Upstream,
    { command, cwd, env }: StdioTarget,
    key: string,
    sessionId: string | null,
    gateway: UpstreamRequest['gateway'],
  ): Child | undefined {
    const { limits, waitingBytes, environment, logger, onDropped } = this.#options
    const from = {
      gateway,
      upstream: upstream.name,
      session: sessionId === null ? null : sessionLabel(sessionId),
    }
    const onEnd = (answered: boolean) => {
      if (this.#running.get(key)?.child === child) this.#running.delete(key)
      if (child !== undefined) this.#ending.delete(child)
      if (answered) this.#restarts.succeeded(upstream.name)
      else this.#restarts.failed(upstream.name, performance.now())
    }
    let child: Child | undefined
    try {
      child = new Child({
        command,
        cwd,
        env: childEnvironment(environment, env),
        secrets: env.map((name) => environment[name] ?? ''),
        sessionId,
        limits,
        waitingBytes,
        watchdog: this.#watchdog,
        logger,
        onDropped: (message) => onDropped(from, message),
        onEnd,
      })
    } catch (error) {
      // A command that Node does not even try to run, such as one with a NUL in an argument.
      logger.warn({ upstream: upstream.name, error }, 'a server was not started')
    }
    return child
  }

  #mayNotStart(name: string, target: StdioTarget): UpstreamFault | undefined {
    const { run, childrenMax, perUpstreamMax, environment } = this.#options
    if (run === 'off') return new UpstreamStdioOff()
    const missing = missingVariable(environment, target.env)
    if (missing !== undefined) return new UpstreamNotStarted(`the variable ${missing} is not set`)
    const wait = this.#restarts.waitOf(name, performance.now())
    if (wait > 0)
      return new UpstreamNotStarted(`it ended before it answered; tried again in ${Math.ceil(wait)} ms`)
    const own = [...this.#running.values()].filter(({ upstream }) => upstream === name)
    if (own.length >= perUpstreamMax && !this.#makeRoom(own)) return new UpstreamsFull()
    if (this.#running.size >= childrenMax && !this.#makeRoom([...this.#running.values()]))
      return new UpstreamsFull()
    return undefined
  }

  /** Ends the one that was not used for longest, if there is one without a call under way. */
  #makeRoom(running: readonly Running[]): boolean {
    const [longest] = running
      .filter(({ child }) => child.exchanges.size === 0)
      .sort((a, b) => a.child.usedAt - b.child.usedAt)
    // A client that begins sessions faster than servers end would have any number of them.
    if (longest === undefined || this.#ending.size >= this.#options.childrenMax) return false
    this.#drop(longest)
    return true
  }

  #endIdle(): void {
    const before = performance.now() - this.#options.idleMs
    for (const running of this.#running.values())
      if (running.child.exchanges.idle && running.child.usedAt <= before) this.#drop(running)
  }

  /** Its room is free at once. A request for its session finds it gone. */
  #drop(running: Running): void {
    for (const [key, other] of this.#running) if (other === running) this.#running.delete(key)
    this.#ending.add(running.child)
    void running.child.stop()
  }
}

/** Of a server that serves a gateway without sessions. */
function keyOf(upstream: Upstream, { id }: UpstreamRequest['gateway']): string {
  return `${id} ${upstreamDigest(upstream)}`
}
