import { type Approval, isOpen } from '@sallyport/approval'
import type { ControlView } from '@sallyport/control'
import type { Feed } from '@sallyport/delivery'
import type { AcceptedDamage, EventLog, Publisher } from '@sallyport/event-log'
import type { ApiPlugin } from '@sallyport/http-api'
import { type ApprovalsPoint, ArgumentSeal } from '@sallyport/rpc'
import { deriveKey, type HealthCheck, type Logger, type Service } from '@sallyport/runtime'
import { approvalSubject, type Signals } from '@sallyport/signals'
import { type AnswerRequest, answerApproval } from './answer.ts'
import { approvalMessage } from './approval-message.ts'
import { type ApprovalTimer, startApprovalTimer } from './approval-timer.ts'
import { type ApprovalsFold, startApprovalsFold } from './approvals-fold.ts'
import { BotGate } from './bot-gate.ts'
import { countUnanswerable } from './candidates.ts'
import { type CommentRequest, commentOn } from './comment.ts'
import { createDestinations } from './destinations/destinations.ts'
import type { DestinationsConfig } from './destinations/destinations-config.ts'
import { type EditRequest, editApproval } from './editing/edit-approval.ts'
import { ApprovalsUnavailable } from './errors.ts'
import { type GatewayWatch, startGatewayWatch } from './gateway-watch.ts'
import { type Giving, startGiving } from './grants/giving.ts'
import { type GrantWatch, openOf, startGrantWatch } from './grants/grant-watch.ts'
import { givenIntent, grantRef, grantRevokedIntent } from './grants/intents.ts'
import { type RevokeGrant, revokeGrant } from './grants/revoke-grant.ts'
import { approvalPage } from './http/approval-page.ts'
import { grantRoutes } from './http/grant-routes.ts'
import { approvalRoutes } from './http/routes.ts'
import { cancelIntent, clockIntent, refOf, type Terms } from './intents.ts'
import { liveApprovals } from './live-approvals.ts'
import { approvalsPoint, MOST_SEALED_UNITS } from './point.ts'
import { type RevealRequest, revealParts } from './reveal.ts'
import { type RevokeApproval, revokeApproval } from './revoke.ts'
import { type Scheduler, systemScheduler } from './scheduler.ts'
import { SessionsSoFar } from './sessions-so-far.ts'
import { ShownCalls } from './shown-calls.ts'
import { StreamIds } from './stream-ids.ts'

export interface ApprovalsDependencies {
  readonly log: EventLog
  readonly publisher: Publisher
  readonly signals: Signals
  /** Which gateways there are: the approvals of one that is revoked end with it. And who could answer. */
  readonly control: Pick<ControlView, 'state' | 'onChange'> & Partial<Pick<ControlView, 'fault'>>
  readonly clock: () => Date
  readonly logger: Logger
  /** The damage of the log past which approvals go on (default: what operators have accepted). */
  readonly damage?: AcceptedDamage
  /** The secret of the installation, with which the whole arguments of held calls are opened. */
  readonly secret?: Uint8Array
  /** Where people are told of approvals, and what keeps how far they were told; nowhere without. */
  readonly destinations?: {
    readonly config: DestinationsConfig
    readonly feed: Feed
    /** The address of the page where the configuration names none. */
    readonly approvalPage?: () => string | null
  }
  /** For tests that own the time. */
  readonly scheduler?: Scheduler
}

export interface ApprovalsService extends Service {
  /** What proxies call, in process or behind gRPC. */
  readonly point: ApprovalsPoint
  /** A person or bot answers, by whatever way they came; see `answerApproval` for what it rejects with. */
  answer(request: AnswerRequest): Promise<Approval>
  /** `/v1/approvals…`, and `/approve/{id}` for people, for the API server. */
  readonly routes: ApiPlugin
  readonly health: Readonly<Record<string, HealthCheck>>
  /** How many events the start read back. */
  replayed(): number
}

/** The one that ends what no person and no proxy has taken back. */
const APPROVALS = { type: 'system', name: 'approvals' } as const

export const DEFAULT_TERMS: Terms = {
  expiresMs: 15 * 60_000,
  usableMs: 10 * 60_000,
  maxOpenPerGateway: 1000,
  grantUsualMs: 60 * 60_000,
  grantMaxMs: 24 * 60 * 60_000,
}

/** Approvals as a fold of their topic. Instances need not know of each other: each folds the same order of intents. */
export function createApprovalsService(
  config: Partial<Terms>,
  deps: ApprovalsDependencies,
): ApprovalsService {
  const { log, publisher, signals, control, clock, logger, secret, scheduler = systemScheduler } = deps
  const terms = { ...DEFAULT_TERMS, ...config }
  const live = liveApprovals()
  const ids = new StreamIds(deriveKey(secret ?? new Uint8Array(32), 'approvals_stream'))
  const keys = secret && {
    seal: new ArgumentSeal(deriveKey(secret, 'arguments')),
    digest: deriveKey(secret, 'digest'),
  }
  const shown = new ShownCalls(keys?.seal)
  const bots = new BotGate(control)
  const soFar = new SessionsSoFar()
  let fold: ApprovalsFold | undefined
  let timer: ApprovalTimer | undefined
  let gateways: GatewayWatch | undefined
  let giving: Giving | undefined
  let grants: GrantWatch | undefined

  const ready = async (): Promise<ApprovalsFold> => {
    if (!fold) throw new ApprovalsUnavailable('the service is not running')
    await fold.caughtUp
    if (fold.fault() !== undefined) throw new ApprovalsUnavailable('the log cannot be read on')
    return fold
  }

  const answer = async (request: AnswerRequest) => {
    const fold = await ready()
    return ofBots(fold, request, () => answerApproval(fold, shown, request, terms, clock()))
  }
  const reveal = async (request: RevealRequest) => {
    const fold = await ready()
    return ofBots(fold, request, () => revealParts(fold, shown, request, clock()))
  }
  const edit = async (request: EditRequest) => {
    const fold = await ready()
    const needs = { fold, shown, keys, control: control.state(), mostSealedUnits: MOST_SEALED_UNITS }
    return ofBots(fold, request, () => editApproval(needs, request, clock()))
  }
  const revoke = async (request: RevokeApproval) => {
    const fold = await ready()
    return ofBots(fold, request, () => revokeApproval(fold, request, clock()))
  }
  const endGrant = async (request: RevokeGrant) => revokeGrant(await ready(), request, clock())
  const comment = async (request: CommentRequest) => commentOn(await ready(), request, clock())
  const ofBots = async <T>(
    fold: ApprovalsFold,
    {
      approvalId,
      actor,
      voter,
    }: Pick<AnswerRequest, 'approvalId' | 'actor'> & Partial<Pick<AnswerRequest, 'voter'>>,
    act: () => Promise<T>,
  ) => {
    const [approval] = await fold.findFresh([approvalId])
    return bots.within(actor, approval, clock(), act, voter)
  }

  const destinations =
    deps.destinations &&
    createDestinations({
      ...deps.destinations,
      log,
      publisher,
      ready,
      answer,
      shown,
      soFar,
      control,
      ...(secret && { secret }),
      scheduler,
      clock,
      logger,
    })

  return {
    point: approvalsPoint({ ready, terms, control, shown, clock }),
    answer,
    routes: async (server) => {
      await server.register(
        approvalRoutes({
          ready,
          shown,
          soFar,
          answer,
          edit,
          reveal,
          comment,
          revoke,
          live,
          ids,
          control,
          clock,
          logger,
        }),
      )
      await server.register(grantRoutes({ ready, revoke: endGrant, clock }))
      await server.register(approvalPage())
      if (destinations) await server.register(destinations.routes)
    },
    health: {
      ...destinations?.health,
      approvals: () => {
        if (!fold) return { status: 'down', reason: 'the service is not running' }
        const { facts, ...health } = fold.health()
        return {
          ...health,
          facts: { ...facts, unanswerable: countUnanswerable(fold.open(), control.state()) },
        }
      },
    },
    replayed: () => fold?.replayed() ?? 0,

    async start() {
      const started = startApprovalsFold({
        log,
        publisher,
        scheduler,
        logger,
        onEvent(event) {
          bots.note(event)
          soFar.note(event, (approvalId) => started.find(approvalId) !== undefined)
        },
        ...(deps.damage ? { damage: deps.damage } : {}),
        onChange(approvalId, approval, told) {
          const id = ids.encode(told)
          signals.send(approvalSubject(approvalId), approvalMessage({ approvalId, approval, id }))
          if (!approval) return
          timer?.watch(approval)
          giving?.watch(approval)
          if (approval.grantId !== null) grants?.review()
          if (isOpen(approval)) gateways?.watch(approval)
          live.tell(approval, id)
        },
      })
      fold = started
      timer = startApprovalTimer({
        scheduler,
        clock,
        find: started.find,
        strike: (approval, what) => publisher.publish(clockIntent(refOf(approval), what, clock())),
      })
      giving = startGiving({
        scheduler,
        find: started.find,
        give: (due) => publisher.publish(givenIntent(due, clock())),
      })
      await started.caughtUp
      for (const approval of started.all()) giving.watch(approval)
      for (const approval of started.open()) timer.watch(approval)
      grants = startGrantWatch({
        control,
        open: () => openOf(started.grants(), clock().toISOString()),
        end: (grant, reason) =>
          publisher.publish(grantRevokedIntent(grantRef(grant), APPROVALS, reason, clock())),
      })
      grants.review()
      gateways = startGatewayWatch({
        control,
        scheduler,
        open: started.open,
        ofGateway: started.ofGateway,
        end: (approval, reason) =>
          publisher.publish(cancelIntent(refOf(approval), APPROVALS, reason, clock())),
      })
      await destinations?.start()
    },

    async stop() {
      await destinations?.stop()
      timer?.stop()
      giving?.stop()
      grants?.stop()
      gateways?.stop()
      await fold?.stop()
      fold = undefined
    },
  }
}
