import {
  type Approval,
  type ApprovalEvent,
  type ApprovalOutcome,
  argumentsDigest,
  callDigest,
  digestOf,
  evolve,
  initialState,
} from '@sallyport/approval'
import { type DataOf, newEvent } from '@sallyport/events'
import { sortedText } from '@sallyport/jsonrpc'
import { ONE_OF_ANYONE } from '@sallyport/policy'
import {
  type ApprovalState,
  type ApprovalsPoint,
  ArgumentSeal,
  type ClaimApproval,
  type ClaimResult,
  type GrantUse,
  type RequestApproval,
  type UseGrant,
} from '@sallyport/rpc'
import { deriveKey, newId, SallyportError } from '@sallyport/runtime'
import { approvalSubject, type Signals } from '@sallyport/signals'
import { tokenIdOf } from './fixed-control.ts'

/** The approvals service does not answer. */
class Away extends SallyportError {
  constructor() {
    super('SP_TEST_AWAY', 'unavailable', 'approvals is away')
  }
}

/** Approvals over the real fold, in memory: the service without its log and its API. */
export class FoldedApprovals implements ApprovalsPoint {
  away = false
  /** Claims come without what they are for, as those of an earlier release. */
  olderProxy = false
  /** Why nobody can answer; null where somebody can. */
  unanswerable: string | null = null
  /** Runs just before a request is ordered, as if it happened elsewhere. */
  beforeRequest: (() => void) | undefined
  /** Runs just before a claim is ordered, as if it happened elsewhere. */
  beforeClaim: (() => Promise<void>) | undefined
  /** What was asked for, in its order. */
  readonly requests: RequestApproval[] = []
  readonly #state = initialState()
  readonly #signals: Signals
  readonly #newcomers = new Set<(approval: Approval) => void>()
  readonly #followers = new Map<string, () => void>()

  constructor(signals: Signals) {
    this.#signals = signals
  }

  all(): Approval[] {
    return [...this.#state.approvals.values()]
  }

  /** The next approval that is requested anew from now on. */
  next(): Promise<Approval> {
    return new Promise((resolve) => {
      const take = (approval: Approval) => {
        this.#newcomers.delete(take)
        resolve(approval)
      }
      this.#newcomers.add(take)
    })
  }

  /** Resolves when another call has attached to it. */
  attached(approvalId: string): Promise<void> {
    return new Promise((resolve) => this.#followers.set(approvalId, resolve))
  }

  vote(
    approvalId: string,
    vote: 'approve' | 'deny',
    by: string,
    reason: string | null = null,
  ): ApprovalOutcome {
    const data = {
      ...this.#ref(approvalId),
      ...voteOf(by),
      vote,
      reason,
      idempotencyKey: null,
      digest: digestOf(this.#known(approvalId)),
    }
    return this.#apply('sallyport.approval.voted.v2', data as DataOf<'sallyport.approval.voted.v2'>)
  }

  /** A person puts other arguments in the place of those of the call. `secret`: that of the installation. */
  async edit(
    approvalId: string,
    by: string,
    given: object | string,
    secret: Uint8Array,
    reason: string | null = null,
  ): Promise<ApprovalOutcome> {
    const approval = this.#known(approvalId)
    const text = typeof given === 'string' ? given : JSON.stringify(given)
    const argsDigest = argumentsDigest(deriveKey(secret, 'digest'), sortedText(text), null)
    const editedDigest = callDigest({ ...approval.binding, argsDigest })
    const seal = new ArgumentSeal(deriveKey(secret, 'arguments'))
    const sealedArguments = await seal.seal(`{"arguments":${text}}`, editedDigest)
    return this.#apply('sallyport.approval.edited.v1', {
      ...this.#ref(approvalId),
      ...voteOf(by),
      basedOn: digestOf(approval),
      editedDigest,
      patch: '[]',
      changes: [],
      arguments: JSON.parse(text),
      sealedArguments,
      reason,
      idempotencyKey: null,
    } as DataOf<'sallyport.approval.edited.v1'>)
  }

  /** Nobody answered in time: as the timer does when the deadline has passed. */
  expire(approvalId: string): void {
    const after = new Date(Date.parse(this.#known(approvalId).expiresAt) + 1)
    this.#apply('sallyport.approval.expired.v1', this.#ref(approvalId), after)
  }

  async requestApproval(request: RequestApproval): Promise<ApprovalState> {
    this.#present()
    this.beforeRequest?.()
    this.requests.push(request)
    const {
      binding,
      gateway,
      terms,
      principal: _,
      soFar: __,
      caller: ___,
      exceptGrants: ____,
      ...facts
    } = request
    const stages = terms?.stages ?? ONE_OF_ANYONE
    const outcome = this.#apply('sallyport.approval.requested.v2', {
      ...facts,
      reasons: [...facts.reasons],
      approvalId: newId(),
      callDigest: callDigest(binding),
      binding,
      gateway: { id: binding.gatewayId, name: gateway },
      expiresAt: new Date(Date.now() + 900_000).toISOString(),
      usableForMs: 600_000,
      stages: stages.map(({ need, of }) => ({ need, of: [...of] })),
      fallback: [],
      remindAt: null,
      escalateAt: null,
      excluded: [],
    })
    const attached = outcome.accepted && outcome.attached
    const approval = this.#known(outcome.approvalId)
    if (attached) this.#followers.get(approval.approvalId)?.()
    else for (const take of this.#newcomers) take(approval)
    return { ...this.#stateOf(approval), attached }
  }

  async claimApproval({ approvalId, actionId, claimant, digest }: ClaimApproval): Promise<ClaimResult> {
    this.#present()
    await this.beforeClaim?.()
    const outcome = this.#apply('sallyport.approval.claimed.v1', {
      ...this.#ref(approvalId),
      actionId,
      claimant,
      ...(this.olderProxy || digest === undefined ? {} : { digest }),
    })
    const state = this.#stateOf(this.#known(approvalId))
    return outcome.accepted ? { claimed: true, state } : { claimed: false, reason: outcome.reason, state }
  }

  /** It offers no grants. */
  async useGrant(_use: UseGrant): Promise<GrantUse> {
    return { used: false, reason: 'there is no such grant' }
  }

  async cancelApproval(approvalId: string, reason: string): Promise<ApprovalState> {
    this.#present()
    const actor = { type: 'system', name: 'proxy' } as const
    this.#apply('sallyport.approval.cancelled.v1', { ...this.#ref(approvalId), actor, reason })
    return this.#stateOf(this.#known(approvalId))
  }

  async getApprovals(approvalIds: readonly string[]): Promise<readonly ApprovalState[]> {
    this.#present()
    return approvalIds.map((id) => this.#stateOf(this.#known(id)))
  }

  #apply<T extends ApprovalEvent['type']>(type: T, data: DataOf<T>, at = new Date()): ApprovalOutcome {
    const digest = (data as { callDigest: string }).callDigest
    const draft = { type, source: '/test', subject: 'approval', tenant: 'default', key: digest, data }
    const stamp = { producer: 'test', epoch: 1, seq: 0, prevHash: '' }
    const event = { ...newEvent(draft, at), stamp } as unknown as ApprovalEvent
    const { outcome } = evolve(this.#state, event)
    for (const id of outcome.changed) this.#signals.send(approvalSubject(id))
    return outcome
  }

  #ref(approvalId: string) {
    return { approvalId, callDigest: this.#known(approvalId).callDigest }
  }

  #known(approvalId: string): Approval {
    const approval = this.#state.approvals.get(approvalId)
    if (!approval) throw new Error(`no approval ${approvalId}`)
    return approval
  }

  #stateOf(approval: Approval): ApprovalState {
    return { ...stateOf(approval), unanswerable: this.unanswerable }
  }

  #present(): void {
    if (this.away) throw new Away()
  }
}

function voteOf(by: string) {
  const id = tokenIdOf(by)
  return {
    actor: { type: 'person', name: by, id },
    voter: {
      id,
      tokenId: id,
      personId: null,
      botId: null,
      roles: ['approver'],
      groups: [],
      advisory: false,
    },
  }
}

function stateOf({
  approvalId,
  callDigest,
  status,
  answer,
  votes,
  expiresAt,
  usableUntil,
  edit,
  sealedArguments,
}: Approval): ApprovalState {
  return {
    approvalId,
    callDigest,
    status,
    answeredBy: answer?.actor.name ?? null,
    answerReason: answer?.reason ?? null,
    approvers: votes.map(({ voter, as }) => ({
      tokenId: voter.tokenId,
      personId: voter.personId,
      botId: voter.botId,
      as,
    })),
    approverNames: votes.map(({ actor }) => actor.name),
    unanswerable: null,
    expiresAt,
    usableUntil,
    attached: false,
    edit: edit && {
      digest: edit.digest,
      by: edit.actor.name,
      reason: edit.reason,
      sealedArguments: status === 'approved' ? (sealedArguments ?? null) : null,
    },
  }
}
