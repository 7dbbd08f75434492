import type { Approval } from '@sallyport/approval'
import { type Catalog, type ControlState, type Offered, personOfIdentity, statusOf } from '@sallyport/control'
import { selectorText, stagesText } from '@sallyport/policy'
import type { EarlierAction, SoFar } from '@sallyport/rpc'

/** How earlier calls of the same gateway to the same action of the same upstream were answered, as far as they are kept. */
export interface SimilarCalls {
  readonly approved: number
  readonly denied: number
  readonly unanswered: number
  /** Those whose arguments were the very same. */
  readonly sameCall: number
  readonly last: {
    readonly approvalId: string
    readonly answer: 'approve' | 'deny'
    readonly by: string
    readonly at: string
    readonly reason: string | null
  } | null
}

/** What the server says of the tool that is called, and whether that has changed. */
export interface ToolContext {
  readonly title: string | null
  readonly description: string | null
  readonly status: ReturnType<typeof statusOf>
  readonly since: string
}

/** Whom the agent acts for, and the person who is that now. */
export interface ActsFor {
  readonly issuer: string
  readonly subject: string
  readonly person: string | null
}

/** The last actions of the same session before the call, the oldest first. */
export interface SessionContext {
  readonly actions: readonly EarlierAction[]
  /** How many more the proxy knows to have come before these. */
  readonly more: number
  /** What it cannot have in it. */
  readonly limits: string
}

/** Something that happens by itself while nobody acts. */
export interface ClockContext {
  readonly at: string
  readonly text: string
}

/** Facts around a held call that help a person to answer. */
export interface ApprovalContext {
  /** What is asked, in one sentence. */
  readonly sentence: string
  /** What follows from each answer. */
  readonly next: readonly string[]
  readonly tool: ToolContext | null
  readonly similar: SimilarCalls
  readonly actsFor: ActsFor | null
  /** Null where it is not known. */
  readonly session: SessionContext | null
  /** One line for each stage. */
  readonly stages: readonly string[]
  readonly clocks: readonly ClockContext[]
}

/** The approvals of the same gateway, and what its proxy told of the session. */
export interface Around {
  readonly others: Iterable<Approval>
  readonly soFar?: SoFar | undefined
}

const LONGEST_TITLE = 128
const LONGEST_DESCRIPTION = 2000

export function contextOf(
  approval: Approval,
  { others, soFar }: Around,
  state: Pick<ControlState, 'catalogs' | 'persons'>,
): ApprovalContext {
  const tool = toolOf(approval, state.catalogs.get(approval.binding.upstream))
  return {
    sentence: sentenceOf(approval, tool),
    next: nextOf(approval),
    tool,
    similar: similarTo(approval, others),
    actsFor: actsForOf(approval, state),
    session: soFar === undefined ? null : { ...soFar, limits: LIMITS },
    stages: stageLines(approval),
    clocks: clocksOf(approval),
  }
}

/** What is asked, in one sentence, with the title that the server gives the tool now. */
export function sentenceFor(approval: Approval, { catalogs }: Pick<ControlState, 'catalogs'>): string {
  return sentenceOf(approval, toolOf(approval, catalogs.get(approval.binding.upstream)))
}

function sentenceOf(
  { gateway, tool, binding, risk, rule, attachments, edit }: Approval,
  known: ToolContext | null,
): string {
  const title = known?.title == null || known.title === tool ? '' : ` (“${known.title}”)`
  const what = tool === null ? `make the request ${binding.action}` : `call the tool ${tool}${title}`
  const again = attachments === 0 ? '' : `, asked ${attachments + 1} times`
  const edited = edit === null ? '' : `, with arguments that ${edit.actor.name} edited`
  return `${gateway.name} wants to ${what} on ${binding.upstream}${edited}: ${risk} risk, held by ${rule}${again}.`
}

function nextOf({ status, stages, stage, expiresAt, usableForMs, usableUntil }: Approval): readonly string[] {
  if (status === 'approved')
    return [`The same exact call goes on once until ${usableUntil}; then the approval lapses.`]
  if (status !== 'pending') return []
  const minutes = Math.max(1, Math.round(usableForMs / 60_000))
  const remaining = stages.slice(stage + 1)
  const approved =
    remaining.length === 0
      ? `Approved, this exact call goes on once, within ${minutes} min.`
      : `Approved here, it still needs ${stagesText(remaining)}.`
  return [
    approved,
    'Denied, the agent is told your reason, and nothing is carried out.',
    `Unanswered, it is denied at ${expiresAt}.`,
  ]
}

function toolOf({ tool }: Approval, catalog: Catalog | undefined): ToolContext | null {
  const offered = tool === null ? undefined : catalog?.offered.tool.get(tool)
  if (offered === undefined) return null
  return { ...saidOf(offered), status: statusOf(offered), since: offered.since }
}

/** As it is listed now: that is what the agent went by. */
function saidOf({ offered, accepted }: Offered): Pick<ToolContext, 'title' | 'description'> {
  const text = (offered ?? accepted)?.text ?? null
  const definition: unknown = text === null ? null : JSON.parse(text)
  return {
    title: textIn(definition, 'title', LONGEST_TITLE),
    description: textIn(definition, 'description', LONGEST_DESCRIPTION),
  }
}

function textIn(definition: unknown, key: string, longest: number): string | null {
  if (typeof definition !== 'object' || definition === null) return null
  const said = (definition as Readonly<Record<string, unknown>>)[key]
  if (typeof said !== 'string' || said === '') return null
  return said.length > longest ? `${said.slice(0, longest).toWellFormed()}…` : said
}

function similarTo(approval: Approval, others: Iterable<Approval>): SimilarCalls {
  const counts = { approved: 0, denied: 0, unanswered: 0, sameCall: 0 }
  let last: Approval | undefined
  for (const other of others) {
    if (other.approvalId === approval.approvalId || !isSimilar(approval, other)) continue
    if (other.callDigest === approval.callDigest) counts.sameCall += 1
    if (other.status === 'expired') counts.unanswered += 1
    if (other.answer === null) continue
    if (other.answer.vote === 'approve') counts.approved += 1
    else counts.denied += 1
    if (last?.answer == null || other.answer.at > last.answer.at) last = other
  }
  return { ...counts, last: last === undefined ? null : lastOf(last) }
}

function isSimilar({ gateway, binding }: Approval, other: Approval): boolean {
  return (
    other.gateway.id === gateway.id &&
    other.binding.upstream === binding.upstream &&
    other.binding.action === binding.action
  )
}

function lastOf({ approvalId, answer }: Approval): SimilarCalls['last'] {
  if (answer === null) return null
  const { vote, actor, at, reason } = answer
  return { approvalId, answer: vote, by: actor.name, at, reason }
}

const LIMITS =
  'As the proxy that asked has recorded it: what came through other proxies, or before its start, is not in it.'

function actsForOf({ principal }: Approval, state: Pick<ControlState, 'persons'>): ActsFor | null {
  if (principal === undefined) return null
  return { ...principal, person: personOfIdentity(state, principal)?.name ?? null }
}

function stageLines({ status, stages, stage, votes, fallback, escalatedAt }: Approval): readonly string[] {
  return stages.map(({ need, of }, index) => {
    const names = votes.filter((vote) => vote.stage === index).map(({ actor }) => actor.name)
    const others = escalatedAt === null ? [] : fallback
    const whose = [...of, ...others].map(selectorText).join(' or ')
    const title = stages.length === 1 ? '' : `Stage ${index + 1} of ${stages.length}: `
    const by = names.length === 0 ? '' : ` (${names.join(', ')})`
    const standing = stages.length > 1 && status === 'pending' ? STANDINGS[Math.sign(index - stage) + 1] : ''
    return `${title}${names.length} of ${need} from ${whose}${by}${standing}`
  })
}

const STANDINGS = [', passed', ', open', ', later']

/** In the order in which they strike. */
function clocksOf(approval: Approval): readonly ClockContext[] {
  const { status, remindAt, remindedAt, escalateAt, escalatedAt, fallback, expiresAt, usableUntil } = approval
  if (status === 'approved' && usableUntil !== null)
    return [{ at: usableUntil, text: 'the approval lapses unless the call was carried out' }]
  if (status !== 'pending') return []
  const whose = fallback.map(selectorText).join(' or ')
  const clocks = [
    ...(remindAt === null || remindedAt !== null ? [] : [{ at: remindAt, text: 'people are reminded' }]),
    ...(escalateAt === null || escalatedAt !== null
      ? []
      : [{ at: escalateAt, text: `it escalates: the votes of ${whose} count too` }]),
    { at: expiresAt, text: 'it is denied unless all votes are there' },
  ]
  return clocks.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}
