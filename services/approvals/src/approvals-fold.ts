import {
  type Approval,
  type ApprovalOutcome,
  evolve,
  type Grant,
  initialState,
  isApprovalEvent,
  isOpen,
  openApproval,
  openGrants,
} from '@sallyport/approval'
import {
  type AcceptedDamage,
  type EventLog,
  type Fold,
  type Offsets,
  type Publisher,
  type StoredRecord,
  startFold,
} from '@sallyport/event-log'
import { type AnyNewEvent, ForeignEvent, type SallyportEvent, TOPICS } from '@sallyport/events'
import { type Health, type Logger, messageOf } from '@sallyport/runtime'
import { ApprovalChanges } from './domain/approval-changes.ts'
import { ApprovalIndex, type ListQuery } from './domain/approval-index.ts'
import { ApprovalsUnavailable } from './errors.ts'
import type { Scheduler } from './scheduler.ts'

/** How long an intent may take from its append until it is folded here. */
const SETTLE_MS = 5000

export interface ApprovalsFoldOptions {
  readonly log: EventLog
  readonly publisher: Publisher
  readonly scheduler: Scheduler
  readonly logger: Logger
  /** The damage of the log past which the fold goes on (default: what operators have accepted). */
  readonly damage?: AcceptedDamage
  /**
   * Called for each change of a status once the replay is over; without the approval if it is forgotten already.
   * `told`: the offsets up to which everything has been told with this call.
   */
  readonly onChange: (approvalId: string, approval: Approval | undefined, told: Offsets) => void
  /** Called for each event, in order, those of the replay too. It must not throw. */
  readonly onEvent?: (event: SallyportEvent) => void
}

export interface ApprovalPage {
  readonly items: readonly Approval[]
  /** The place after which the next page begins; null at the end. */
  readonly next: string | null
}

/** The approvals as this instance has folded them, and the way to change them: append an intent, see what came of it. */
export interface ApprovalsFold {
  /** Resolves when what the log had at the start is folded. */
  readonly caughtUp: Promise<void>
  find(approvalId: string): Approval | undefined
  /** As `find` for each id, the unknown left out; if one is unknown, after folding everything the log has now. */
  findFresh(approvalIds: readonly string[]): Promise<readonly Approval[]>
  all(): Iterable<Approval>
  /** A page of those that fit (default: all of them), in the order that is asked for. */
  page(query: ListQuery, fits?: (approval: Approval) => boolean): ApprovalPage
  /** All of a gateway, which has that name, in no order. */
  ofGateway(name: string): Iterable<Approval>
  /** How many wait, for how long and of whom. */
  readonly counts: Pick<ApprovalIndex, 'count' | 'countByAge' | 'pendingByGateway'>
  /** Those that are pending or approved. */
  open(): Iterable<Approval>
  /** The open approval for an exact call. */
  openFor(callDigest: string): Approval | undefined
  /** How many of a gateway are open. */
  countOpen(gatewayId: string): number
  /** How long the sealed arguments of a gateway's open ones are together. */
  sealedUnits(gatewayId: string): number
  /** The grants of a gateway that are open at this time. */
  openGrants(gatewayId: string, at: string): readonly Grant[]
  /** Those that are open, and the last that have ended. */
  grants(): Iterable<Grant>
  /** The grant that was born of an approval. */
  grantOf(approval: Approval): Grant | undefined
  /** The grant of this id; if it is unknown, after folding everything the log has now. */
  findGrant(grantId: string): Promise<Grant | undefined>
  /** Appends an intent and resolves with what came of it once its turn came here. */
  submit(intent: AnyNewEvent): Promise<ApprovalOutcome>
  /** Up to where this is folded. */
  offsets(): Offsets
  /** Resolves when this is folded up to there; with false where the log itself does not go so far. */
  reach(offsets: Offsets): Promise<boolean>
  /** The ids of what changed from there on, what ended included; undefined where not all of it is known any more. */
  changedSince(offsets: Offsets): readonly string[] | undefined
  replayed(): number
  /** Why the approvals are not followed any more: what is known may have ended since. */
  fault(): string | undefined
  health(): Health
  stop(): Promise<void>
}

export function startApprovalsFold(options: ApprovalsFoldOptions): ApprovalsFold {
  const { log, publisher, scheduler, logger, onChange } = options
  let state = initialState()
  let live = false
  const changes = new ApprovalChanges()
  const index = new ApprovalIndex()
  const isKnown = (approvalId: string) => state.approvals.has(approvalId)

  const apply = (event: SallyportEvent, record: StoredRecord): ApprovalOutcome => {
    if (!isApprovalEvent(event)) throw new ForeignEvent(event.type, TOPICS.approvals)
    const evolved = evolve(state, event)
    state = evolved.state
    options.onEvent?.(event)
    const { changed } = evolved.outcome
    changes.note(record, changed)
    changes.sweep(state.approvals.size, isKnown)
    for (const id of changed) list(id)
    index.sweep(state.approvals.size, isKnown)
    if (live) tellOf(changed, record)
    return evolved.outcome
  }
  const list = (approvalId: string) => {
    const approval = state.approvals.get(approvalId)
    if (approval) index.note(approval)
    else index.forget(approvalId)
  }
  /** Only with the last of them everything of the record is told. */
  const tellOf = (changed: readonly string[], { partition, offset }: StoredRecord) => {
    if (changed.length === 0) return
    const before = fold.offsets()
    const after = { ...before, [partition]: offset + 1 }
    for (const [nth, id] of changed.entries()) tell(id, nth === changed.length - 1 ? after : before)
  }
  /** A listener that throws must not stop the fold: without the fold nobody is answered. */
  const tell = (approvalId: string, told: Offsets) => {
    try {
      onChange(approvalId, state.approvals.get(approvalId), told)
    } catch (fault) {
      logger.error({ approvalId, cause: messageOf(fault) }, 'a listener of the approvals failed')
    }
  }
  const find = (approvalId: string) => state.approvals.get(approvalId)
  const fold: Fold<ApprovalOutcome> = startFold({
    log,
    topic: TOPICS.approvals,
    apply,
    logger,
    ...(options.damage ? { damage: options.damage } : {}),
  })
  const caughtUp = fold.caughtUp.then(
    () => {
      live = true
    },
    (cause: unknown) => {
      throw new ApprovalsUnavailable('the log cannot be folded', { cause })
    },
  )
  caughtUp.catch(() => {})

  const within = async <T>(what: string, work: Promise<T>): Promise<T> => {
    const late = Promise.withResolvers<never>()
    const cancel = scheduler.after(SETTLE_MS, () => late.reject(new ApprovalsUnavailable(what)))
    try {
      return await Promise.race([work, late.promise])
    } finally {
      cancel()
    }
  }
  const settle = async (intent: AnyNewEvent): Promise<ApprovalOutcome> => {
    const position = await publisher.publish(intent)
    return await fold.settled(position).catch((cause: unknown) => {
      throw new ApprovalsUnavailable('what came of an intent is not known', { cause })
    })
  }
  const untilNow = async (): Promise<void> => {
    await fold.reached(await log.ends(TOPICS.approvals)).catch((cause: unknown) => {
      throw new ApprovalsUnavailable('the log cannot be read on', { cause })
    })
  }

  return {
    caughtUp,
    find,
    async findFresh(approvalIds) {
      if (!approvalIds.every(find)) await within('this instance is behind the log', untilNow())
      return approvalIds.map(find).filter((approval) => approval !== undefined)
    },
    all: () => state.approvals.values(),
    page(query, fits) {
      const { ids, next } = index.page(query, (id) => {
        const approval = fits && find(id)
        return approval ? fits(approval) : fits === undefined && isKnown(id)
      })
      return { items: ids.map(find).filter((approval) => approval !== undefined), next }
    },
    *ofGateway(name) {
      for (const id of index.ofGateway(name)) {
        const approval = find(id)
        if (approval) yield approval
      }
    },
    counts: index,
    *open() {
      for (const id of state.openByCall.values()) {
        const approval = state.approvals.get(id)
        if (approval && isOpen(approval)) yield approval
      }
    },
    openFor: (callDigest) => openApproval(state, callDigest),
    countOpen: (gatewayId) => state.openByGateway.get(gatewayId) ?? 0,
    sealedUnits: (gatewayId) => state.sealedByGateway.get(gatewayId) ?? 0,
    openGrants: (gatewayId, at) => openGrants(state, gatewayId, at),
    grants: () => state.grants.values(),
    grantOf: ({ grantId }) => (grantId === null ? undefined : state.grants.get(grantId)),
    async findGrant(grantId) {
      if (!state.grants.has(grantId)) await within('this instance is behind the log', untilNow())
      return state.grants.get(grantId)
    },
    submit: (intent) => within('what came of an intent is not known in time', settle(intent)),
    offsets: () => fold.offsets(),
    async reach(offsets) {
      const ends = await log.ends(TOPICS.approvals).catch((cause: unknown) => {
        throw new ApprovalsUnavailable('the log cannot be read on', { cause })
      })
      const isThere = ([partition, offset]: [string, number]) => offset <= (ends[Number(partition)] ?? 0)
      if (!Object.entries(offsets).every(isThere)) return false
      await within('this instance is behind the log', fold.reached(offsets))
      return true
    },
    changedSince: (offsets) => changes.since(offsets, isKnown),
    replayed: () => fold.replayed(),
    fault: () => fold.fault(),
    health() {
      const fault = fold.fault()
      const facts = {
        open: state.openByCall.size,
        known: state.approvals.size,
        passedOver: fold.passedOver(),
      }
      if (fault) return { status: 'down', reason: `approvals are not followed: ${fault}`, facts }
      if (!live) return { status: 'down', reason: 'the approvals are being replayed', facts }
      return { status: 'ok', facts }
    },
    stop: () => fold.stop(),
  }
}
