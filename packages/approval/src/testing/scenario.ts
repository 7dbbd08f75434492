import type { DataOf, EventType, SallyportEvent } from '@sallyport/events'
import { ONE_OF_ANYONE, parseSelectors, parseStages, type Selector } from '@sallyport/policy'
import type { Actor, ApprovalEvent, Vote, Voter } from '../approval.ts'
import { type CallBinding, callDigest } from '../call-digest.ts'
import { evolve } from '../evolve.ts'
import { grantDue, grantIdOf } from '../grants/grant.ts'
import type { ApprovalOutcome } from '../outcome.ts'
import { type ApprovalsState, initialState, type Retention } from '../state.ts'

/** Minutes of the story the tests tell; 0 is when the first call is made. */
export const at = (minute: number): string =>
  new Date(Date.UTC(2026, 10, 21, 9) + minute * 60_000).toISOString()

export const EXPIRES_MIN = 15
export const USABLE_MIN = 10
export const dana: Actor = { type: 'person', name: 'dana' }
export const omar: Actor = { type: 'person', name: 'omar' }
export const proxy: Actor = { type: 'system', name: 'proxy' }

export function binding(args: string, overrides: Partial<CallBinding> = {}): CallBinding {
  return {
    tenant: 'default',
    gatewayId: 'gw-1',
    upstream: 'files',
    upstreamDigest: 'd'.repeat(64),
    action: 'mcp.tools.create_issue',
    argsDigest: args.repeat(64),
    toolDigest: null,
    policyVersion: 'p-1',
    ...overrides,
  }
}

/** The digest of the call whose arguments are `args` (one hex digit). */
export const call = (args: string): string => callDigest(binding(args))

export function event<T extends EventType>(type: T, time: string, data: DataOf<T>): ApprovalEvent {
  const { approvalId, callDigest: key } = data as ApprovalEvent['data']
  return {
    id: `${type}/${time}/${approvalId}`,
    type,
    source: '/approvals',
    subject: approvalId,
    time,
    tenant: 'default',
    key,
    stamp: { producer: 'approvals/test', epoch: 1, seq: 0, prevHash: '0'.repeat(64) },
    data,
  } as unknown as SallyportEvent as ApprovalEvent
}

export function requested(
  approvalId: string,
  minute: number,
  args = 'a',
  actionId = `act-${approvalId}`,
  terms: Partial<Terms> & { readonly editable?: true } = {},
) {
  return event('sallyport.approval.requested.v2', at(minute), {
    approvalId,
    callDigest: call(args),
    binding: binding(args),
    actionId,
    gateway: { id: 'gw-1', name: 'code-agent' },
    connector: 'mcp',
    tool: 'create_issue',
    risk: 'medium',
    rule: 'permission mcp.tools.create_*',
    reasons: ['needs a person'],
    arguments: { title: `issue ${args}` },
    client: null,
    expiresAt: at(minute + EXPIRES_MIN),
    usableForMs: USABLE_MIN * 60_000,
    stages: ONE_OF_ANYONE.map(({ need, of }) => ({ need, of: [...of] })),
    fallback: [],
    remindAt: null,
    escalateAt: null,
    excluded: [],
    ...terms,
  })
}

type Terms = Pick<
  DataOf<'sallyport.approval.requested.v2'>,
  'stages' | 'fallback' | 'remindAt' | 'escalateAt' | 'excluded' | 'grantable'
>

/** Stages as people write them, as an event has them. Each person that they name has their name as id. */
export function stages(text: string): Terms['stages'] {
  return parseStages(text).map(({ need, of }) => ({ need, of: of.map(withId) }))
}

export function selectors(text: string): Terms['fallback'] {
  return parseSelectors(text, 'test').map(withId)
}

function withId(selector: Selector) {
  return selector.kind === 'person' ? { ...selector, id: selector.name } : { ...selector }
}

/** A person whose id is their name. */
export function person(name: string, groups: string[] = [], roles: string[] = ['approver']): Voter {
  return { id: name, tokenId: `token-${name}`, personId: name, botId: null, roles, groups, advisory: false }
}

/** A bot of that person. */
export function botOf({ id, groups }: Voter, advisory = false): Voter {
  const own = { tokenId: `token-bot-${id}`, personId: id, botId: `bot-${id}` }
  return { id, ...own, roles: ['bot'], groups, advisory }
}

/** A token of its own, which belongs to nobody. */
export function voterOf({ name, id }: Actor): Voter {
  const tokenId = id ?? null
  const own = { tokenId, personId: null, botId: null }
  return { id: id ?? name, ...own, roles: ['approver'], groups: [], advisory: false }
}

export interface VoteOptions {
  readonly args?: string
  readonly actor?: Actor
  readonly vote?: Vote
  readonly key?: string | null
  readonly reason?: string | null
  readonly voter?: Voter
  readonly digest?: string
  readonly grant?: Grants
}

export function voted(approvalId: string, minute: number, options: VoteOptions = {}) {
  const { args = 'a', vote = 'approve', key = null, reason = null, voter, digest, grant } = options
  const actor = options.actor ?? (voter ? actorOf(voter) : dana)
  return event('sallyport.approval.voted.v2', at(minute), {
    approvalId,
    callDigest: call(args),
    vote,
    actor,
    voter: voter ?? voterOf(actor),
    reason,
    idempotencyKey: key,
    ...(digest !== undefined && { digest }),
    ...(grant && { grant }),
  })
}

/** What a call is by its digest once its arguments were edited to `to` (one hex digit). */
export const editDigest = (to: string): string => to.repeat(64)

export interface EditOptions {
  readonly args?: string
  readonly voter: Voter
  /** The digest of what was edited; left out: of the call as it was asked for. */
  readonly basedOn?: string
  readonly to?: string
  readonly key?: string | null
}

export function edited(approvalId: string, minute: number, options: EditOptions) {
  const { args = 'a', voter, basedOn, to = 'e', key = null } = options
  return event('sallyport.approval.edited.v1', at(minute), {
    approvalId,
    callDigest: call(args),
    actor: actorOf(voter),
    voter,
    basedOn: basedOn ?? call(args),
    editedDigest: editDigest(to),
    patch: '[]',
    changes: [],
    arguments: { title: `edited to ${to}` },
    sealedArguments: `sealed ${to}`,
    reason: null,
    idempotencyKey: key,
  })
}

function actorOf({ id, tokenId, botId }: Voter): Actor {
  return { type: botId === null ? 'person' : 'bot', name: botId ?? id, ...(tokenId && { id: tokenId }) }
}

export const reminded = (approvalId: string, minute: number, args = 'a') =>
  event('sallyport.approval.reminded.v1', at(minute), { approvalId, callDigest: call(args) })

export const escalated = (approvalId: string, minute: number, args = 'a') =>
  event('sallyport.approval.escalated.v1', at(minute), { approvalId, callDigest: call(args) })

export const revealed = (approvalId: string, minute: number, args = 'a') =>
  event('sallyport.approval.revealed.v1', at(minute), {
    approvalId,
    callDigest: call(args),
    actor: dana,
    places: ['/arguments/title'],
  })

export const commented = (approvalId: string, minute: number, id = 'c-1', args = 'a') =>
  event('sallyport.approval.commented.v1', at(minute), {
    approvalId,
    callDigest: call(args),
    actor: dana,
    commentId: id,
    comment: 'is this the right repository?',
  })

export const told = (approvalId: string, minute: number, args = 'a') =>
  event('sallyport.approval.told.v1', at(minute), {
    approvalId,
    callDigest: call(args),
    destination: 'teams',
    messages: [{ place: '19:room', id: 'm-1' }],
  })

export const linkOpened = (approvalId: string, minute: number, linkId = 'link-1', args = 'a') =>
  event('sallyport.approval.link_opened.v1', at(minute), {
    approvalId,
    callDigest: call(args),
    actor: dana,
    personId: 'p-dana',
    linkId,
  })

export const expired = (approvalId: string, minute: number, args = 'a') =>
  event('sallyport.approval.expired.v1', at(minute), { approvalId, callDigest: call(args) })

export const cancelled = (approvalId: string, minute: number, args = 'a') =>
  event('sallyport.approval.cancelled.v1', at(minute), {
    approvalId,
    callDigest: call(args),
    actor: proxy,
    reason: 'policy changed',
  })

export const claimed = (
  approvalId: string,
  minute: number,
  actionId = 'act-1',
  args = 'a',
  digest?: string,
) =>
  event('sallyport.approval.claimed.v1', at(minute), {
    ...(digest !== undefined && { digest }),
    approvalId,
    callDigest: call(args),
    actionId,
    claimant: 'proxy/1',
  })

const CALLER = { credential: '0123456789abcdef', session: 's-1', principal: null }
/** On a request: a grant of at most a day may be born of it. */
export const GRANTABLE: Pick<Terms, 'grantable'> = { grantable: { withinMs: 86_400_000, caller: CALLER } }
const HELD_BY = { rule: 'permission mcp.tools.create_*', reasons: ['needs a person'] }

export function grantTerms(minutes: number, uses: number | null = null): Grants {
  return { session: false, forMs: minutes * 60_000, uses, arguments: null }
}

type Grants = NonNullable<DataOf<'sallyport.approval.voted.v2'>['grant']>

/** What is to be given after these events; of an approval that gives nothing, what somebody makes up. */
export function given(events: readonly ApprovalEvent[], minute: number, approvalId = 'A') {
  const approval = fold(events).state.approvals.get(approvalId)
  const due = approval && grantDue(approval)
  const madeUp = { terms: grantTerms(60), until: at(minute + 60), ...GIVEN, ...HELD_BY, approvers: ['dana'] }
  const ref = { approvalId, callDigest: call('a'), grantId: grantIdOf(approvalId) }
  return event('sallyport.grant.given.v1', at(minute), due ?? { ...ref, ...madeUp })
}

const GIVEN = {
  gateway: { id: 'gw-1', name: 'code-agent' },
  connector: 'mcp',
  tool: 'create_issue',
  risk: 'medium',
  binding: binding('a'),
  caller: CALLER,
} as const

export function grantUsed(
  minute: number,
  actionId: string,
  other: Partial<CallBinding> = {},
  approvalId = 'A',
) {
  return event('sallyport.grant.used.v1', at(minute), {
    approvalId,
    callDigest: call('a'),
    grantId: grantIdOf(approvalId),
    actionId,
    claimant: 'proxy/1',
    binding: binding('b', other),
    caller: CALLER,
    ...HELD_BY,
  })
}

export function grantRevoked(minute: number, approvalId = 'A') {
  const ref = { approvalId, callDigest: call('a'), grantId: grantIdOf(approvalId) }
  return event('sallyport.grant.revoked.v1', at(minute), { ...ref, actor: dana, reason: 'enough' })
}

/** A person takes the approval back, and not a proxy. */
export function takenBack(approvalId: string, minute: number) {
  const ref = { approvalId, callDigest: call('a') }
  return event('sallyport.approval.cancelled.v1', at(minute), {
    ...ref,
    actor: dana,
    reason: 'the wrong one',
  })
}

/** Folds events from nothing: the state after all of them and what came of each. */
export function fold(events: readonly ApprovalEvent[], retention?: Retention) {
  let state: ApprovalsState = initialState(retention)
  const outcomes: ApprovalOutcome[] = []
  for (const one of events) {
    const evolved = evolve(state, one)
    state = evolved.state
    outcomes.push(evolved.outcome)
  }
  return { state, outcomes, last: outcomes.at(-1) }
}
