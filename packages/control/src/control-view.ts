import {
  type AcceptedDamage,
  type EventLog,
  type Position,
  type StoredRecord,
  startFold,
} from '@sallyport/event-log'
import { EVENTS, ForeignEvent, type SallyportEvent, TOPICS } from '@sallyport/events'
import { BoundedMap, type Logger, messageOf, silentLogger } from '@sallyport/runtime'
import { type Effect, Effects } from './effects.ts'
import { type ControlEvent, evolve } from './evolve.ts'
import { watchFreshness } from './freshness.ts'
import {
  type ApiToken,
  type ControlOutcome,
  type ControlState,
  type ControlView,
  type Gateway,
  INITIAL_STATE,
} from './state.ts'
import { TokenIndex } from './token-index.ts'

export interface ControlViewOptions {
  readonly log: EventLog
  readonly logger?: Logger
  /** The damage of the log past which this view goes on (default: what operators have accepted). */
  readonly damage?: AcceptedDamage
  /** How long the log may be out of sight before the state counts as stale (default 10 s). */
  readonly staleAfterMs?: number
  /** How often the log's end is looked at (default 1 s). */
  readonly freshnessEveryMs?: number
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/** A control view that is being folded from the log. */
export interface RunningControlView extends ControlView {
  /** Resolves when everything that was in the log at the start is in force. Rejects when it cannot be read. */
  readonly caughtUp: Promise<void>
  /** How many events were replayed before `caughtUp`. */
  replayed(): number
  /** What came of the command at this position of the control topic, once it was applied here. */
  settled(position: Position): Promise<ControlOutcome>
  /** What came of the command at this offset; undefined where it is not applied here yet, or of too long ago. */
  effectOf(offset: number): Effect | undefined
  /** Resolves once everything that is in the log now is in force here. Rejects when that cannot be. */
  fresh(): Promise<void>
  stop(): Promise<void>
}

/** How many event ids are remembered to see an append that the log took twice. */
const REMEMBERED_EVENTS = 4096

/**
 * Folds the control topic and keeps on. At damage, such as a critical event that cannot be read, the fold stands: the
 * state from then on might lack a denial, so `fault` tells and callers deny until an operator has accepted it.
 */
export function startControlView(options: ControlViewOptions): RunningControlView {
  const { log, logger = silentLogger, now = () => performance.now() } = options
  const listeners = new Set<(state: ControlState) => void>()
  const gateways = new TokenIndex<Gateway>()
  const tokens = new TokenIndex<ApiToken>()
  const seen = new BoundedMap<string, ControlOutcome>(REMEMBERED_EVENTS)
  const effects = new Effects()
  let state = INITIAL_STATE
  let current = false
  let applied = 0

  const apply = (event: SallyportEvent, record: StoredRecord): ControlOutcome => {
    // Before anybody is told of the change: a listener that asks how far the fold has come must find this event
    // counted.
    applied = record.offset + 1
    if (!isControlEvent(event)) throw new ForeignEvent(event.type, TOPICS.control)
    const before = seen.get(event.id)
    if (before) return before
    const { state: next, outcome } = evolve(state, event)
    seen.set(event.id, outcome)
    effects.note(event, record.offset, outcome, state)
    // An event that repeats what is known wakes nobody.
    if (!outcome.accepted || next === state) return outcome
    reindex(state, next, event)
    state = next
    for (const listener of listeners) tell(listener)
    return outcome
  }
  /** A listener that throws must not stop the fold: without the fold everything is denied. */
  const tell = (listener: (state: ControlState) => void) => {
    try {
      listener(state)
    } catch (fault) {
      logger.error({ cause: messageOf(fault) }, 'a listener of the control state failed')
    }
  }
  const reindex = (from: ControlState, to: ControlState, event: ControlEvent) => {
    if (from.tokens !== to.tokens) reindexTokens(from.tokens, to.tokens)
    if (!('name' in event.data)) return
    const gateway = to.gateways.get(event.data.name)
    if (from.gateways !== to.gateways && gateway) gateways.update(gateway)
  }
  /** One event can end several: all of a person who is removed, and the sessions that are over. */
  const reindexTokens = (from: ControlState['tokens'], to: ControlState['tokens']) => {
    for (const [name, token] of from) if (!to.has(name)) tokens.forget(token)
    for (const [name, token] of to) if (from.get(name) !== token) tokens.update(token)
  }
  const fold = startFold({
    log,
    topic: TOPICS.control,
    apply,
    needsAll: true,
    logger,
    ...(options.damage ? { damage: options.damage } : {}),
  })
  const freshness = watchFreshness({
    log,
    topic: TOPICS.control,
    offsets: () => fold.offsets(),
    everyMs: options.freshnessEveryMs ?? 1000,
    staleAfterMs: options.staleAfterMs ?? 10_000,
    now,
  })
  const caughtUp = fold.caughtUp.then(() => {
    current = true
  })
  caughtUp.catch(() => {})

  return {
    caughtUp,
    state: () => state,
    authenticateGateway: (token) => gateways.find(token),
    authenticateApi: (token) => tokens.find(token),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    fault() {
      return fold.fault() ?? (current ? freshness.fault() : 'the control log is still being replayed')
    },
    offset: () => Math.max(applied, fold.offset(0)),
    passedOver: () => fold.passedOver(),
    replayed: () => fold.replayed(),
    settled: (position) => fold.settled(position),
    effectOf: (offset) => (offset < applied ? effects.of(offset) : undefined),
    async fresh() {
      await fold.reached(await log.ends(TOPICS.control))
    },
    async stop() {
      freshness.stop()
      await fold.stop()
    },
  }
}

function isControlEvent(event: SallyportEvent): event is ControlEvent {
  return EVENTS[event.type].topic === TOPICS.control
}
