import {
  APPROVAL_STATUSES,
  type ApprovalEvent,
  type ApprovalOutcome,
  type ApprovalStatus,
  grantIdOf,
} from '@sallyport/approval'
import {
  at,
  botOf,
  cancelled,
  claimed,
  commented,
  edited,
  escalated,
  expired,
  fold,
  GRANTABLE,
  given,
  grantRevoked,
  grantTerms,
  grantUsed,
  linkOpened,
  person,
  reminded,
  requested,
  revealed,
  selectors,
  stages,
  takenBack,
  told,
  voted,
} from '@sallyport/approval/testing'
import { ROUTE_ROLES } from '@sallyport/http-api'

const STAGES = '1 of group:finance then 1 of group:security'
const ann = person('ann', ['finance'])
const sue = person('sue', ['security'])
const DUE = 10

const asked = requested('A', 0, 'a', 'act-A', {
  editable: true,
  stages: stages(STAGES),
  fallback: selectors('group:managers'),
  remindAt: at(5),
  escalateAt: at(DUE),
  excluded: [{ personId: 'olga', why: 'owner' }],
})
const approve = (voter: ReturnType<typeof person>, minute: number) => voted('A', minute, { voter })

/** What brings an approval to each state, in the table's order; a pending one has the last stage open in the second. */
const HISTORIES: Readonly<Record<string, readonly ApprovalEvent[]>> = {
  pending: [asked],
  'last stage': [asked, approve(ann, 1)],
  approved: [asked, approve(ann, 1), approve(sue, 2)],
  denied: [asked, voted('A', 1, { voter: ann, vote: 'deny' })],
  expired: [asked, expired('A', 15)],
  cancelled: [asked, cancelled('A', 1)],
  consumed: [asked, approve(ann, 1), approve(sue, 2), claimed('A', 3)],
  lapsed: [asked, approve(ann, 1), approve(sue, 2), expired('A', 12)],
  revoked: [asked, approve(ann, 1), approve(sue, 2), cancelled('A', 3)],
}

type Who = 'answerers' | 'readers' | 'proxies' | 'timer' | 'destinations'

/** Each message, and whether it comes when its time has come. */
const MESSAGES: readonly (readonly [what: string, type: string, who: Who, event: ApprovalEvent])[] = [
  ['the same call again', 'requested', 'proxies', requested('B', 4)],
  ['a vote of the first stage', 'voted', 'answerers', approve(person('ben', ['finance']), 4)],
  ['a vote of the last stage', 'voted', 'answerers', approve(person('sam', ['security']), 4)],
  [
    'a denial of the first stage',
    'voted',
    'answerers',
    voted('A', 4, { voter: person('ben', ['finance']), vote: 'deny' }),
  ],
  [
    'a denial of the last stage',
    'voted',
    'answerers',
    voted('A', 4, { voter: person('sam', ['security']), vote: 'deny' }),
  ],
  [
    'a vote of the first voter, or of their bot',
    'voted',
    'answerers',
    approve(botOf(person('ann', ['finance', 'security'])), 4),
  ],
  [
    'a vote of the gateway’s owner, or of whom the agent acts for',
    'voted',
    'answerers',
    approve(person('olga', ['finance', 'security']), 4),
  ],
  [
    'a vote of the fallback, before the escalation',
    'voted',
    'answerers',
    approve(person('max', ['managers']), 4),
  ],
  [
    'a vote of a bot that only advises',
    'voted',
    'answerers',
    voted('A', 4, { voter: botOf(person('eve', ['finance']), true) }),
  ],
  [
    'an edit of somebody of either stage',
    'edited',
    'answerers',
    edited('A', 4, { voter: person('sam', ['security']) }),
  ],
  [
    'an edit of the gateway’s owner',
    'edited',
    'answerers',
    edited('A', 4, { voter: person('olga', ['finance']) }),
  ],
  [
    'an edit of what somebody has edited before',
    'edited',
    'answerers',
    edited('A', 4, { voter: person('sam', ['security']), basedOn: 'e'.repeat(64) }),
  ],
  [
    'a vote on what somebody has edited before',
    'voted',
    'answerers',
    voted('A', 4, { voter: person('ben', ['finance']), digest: 'e'.repeat(64) }),
  ],
  ['secrets are shown', 'revealed', 'answerers', revealed('A', 4)],
  ['a comment', 'commented', 'readers', commented('A', 4)],
  ['a destination has told people', 'told', 'destinations', told('A', 4)],
  ['the link of a message is opened', 'link_opened', 'answerers', linkOpened('A', 4)],
  ['the time to remind has come', 'reminded', 'timer', reminded('A', 5)],
  ['the time to escalate has come', 'escalated', 'timer', escalated('A', DUE)],
  ['the time to decide, or to use, is over', 'expired', 'timer', expired('A', 15)],
  ['the same before it is over', 'expired', 'timer', expired('A', 4)],
  ['a proxy uses it', 'claimed', 'proxies', claimed('A', 4, 'act-2')],
  ['a proxy, or the end of the gateway, takes it back', 'cancelled', 'proxies', cancelled('A', 4)],
]

/** The life of an approval as a page: each cell is what the fold itself makes of the message in that state. */
export function approvalsPage(): string {
  const states = Object.keys(HISTORIES)
  const rows = MESSAGES.map(([what, type, who, event]) => {
    const cells = states.map((state) => cellOf(HISTORIES[state] ?? [], relevant(event, state)))
    return `| ${what} | \`${type}\` | ${who} | ${cells.join(' | ')} |`
  })
  return `${HEAD}
| message | event | by | ${states.map(headOf).join(' | ')} |
|${'---|'.repeat(states.length + 3)}
${rows.join('\n')}

${grantLife()}
${whoMay()}
${refusals()}`
}

/** What is used or over by itself meanwhile would hide what the message does. */
function relevant(event: ApprovalEvent, state: string): ApprovalEvent {
  const data = { ...event.data, callDigest: asked.data.callDigest }
  return state === '' ? event : ({ ...event, key: asked.key, data } as ApprovalEvent)
}

function cellOf(history: readonly ApprovalEvent[], event: ApprovalEvent): string {
  const before = fold(history).last
  const { last, state } = fold([...history, event])
  if (last === undefined || before === undefined) return ''
  if (!last.accepted)
    return last.status === before.status ? `– ${kindOf(last)}` : `– ${kindOf(last)}; ${wordOf(last.status)}`
  if (last.approvalId !== 'A') return 'a new approval'
  if (last.attached) return 'attaches'
  if (last.status !== before.status) return `**${wordOf(last.status)}**`
  if (last.changed.length === 0) return 'nothing changes'
  if (event.type === 'sallyport.approval.edited.v1') return 'edited: 0 of 2'
  const { votes, advice, remindedAt, escalatedAt } = state.approvals.get('A') ?? {}
  if (event.type === 'sallyport.approval.reminded.v1' && remindedAt) return 'reminded'
  if (event.type === 'sallyport.approval.escalated.v1' && escalatedAt) return 'escalated'
  return advice?.length ? 'heard' : `counts: ${votes?.length} of 2`
}

const kindOf = (outcome: ApprovalOutcome) => (outcome.accepted ? '' : outcome.kind)

/** What people read for the status of the API. */
function wordOf(status: ApprovalStatus | null): string {
  return status === 'consumed' ? 'used' : String(status)
}

function headOf(state: string): string {
  return APPROVAL_STATUSES.some((known) => known === state)
    ? wordOf(state as ApprovalStatus)
    : `pending, ${state}`
}

const TERMS = grantTerms(60, 2)
const askedAlone = requested('A', 0, 'a', 'act-A', GRANTABLE)
const votedFor = [askedAlone, voted('A', 1, { voter: ann, grant: TERMS })]
const open = [...votedFor, given(votedFor, 1)]

/** What brings a grant to each state, in the table's order. */
const GRANT_HISTORIES: Readonly<Record<string, readonly ApprovalEvent[]>> = {
  'not given': votedFor,
  open,
  'one use left': [...open, grantUsed(2, 'act-1')],
  'used up': [...open, grantUsed(2, 'act-1'), grantUsed(3, 'act-2')],
  expired: open,
  revoked: [...open, grantRevoked(2)],
}

const GRANT_MESSAGES: readonly (readonly [what: string, who: string, event: ApprovalEvent])[] = [
  ['the grant is given', 'approvals', given(votedFor, 4)],
  ['a call that it covers', 'proxies', grantUsed(4, 'act-9')],
  ['the same action asks again', 'proxies', grantUsed(4, 'act-1')],
  ['a call under other permissions', 'proxies', grantUsed(4, 'act-9', { policyVersion: 'p-2' })],
  ['a call of another gateway', 'proxies', grantUsed(4, 'act-9', { gatewayId: 'gw-2' })],
  ['somebody revokes it, or what it is bound to has changed', 'answerers, approvals', grantRevoked(4)],
  ['a person revokes its approval, which is not used yet', 'answerers', takenBack('A', 4)],
]

function grantLife(): string {
  const states = Object.keys(GRANT_HISTORIES)
  const rows = GRANT_MESSAGES.map(([what, who, event]) => {
    const cells = states.map((state) => grantCell(GRANT_HISTORIES[state] ?? [], event, state === 'expired'))
    return `| ${what} | \`${event.type.split('.').slice(1, 3).join('.')}\` | ${who} | ${cells.join(' | ')} |`
  })
  return `## The life of a grant

[Grants](../grants.md) are born of an approval whose votes all ask for the same one. That of the table is good for an hour and two
calls; in the column *expired* each message comes after the hour.

| message | event | by | ${states.join(' | ')} |
|${'---|'.repeat(states.length + 3)}
${rows.join('\n')}
`
}

const AN_HOUR_MS = 60 * 60_000

function grantCell(history: readonly ApprovalEvent[], event: ApprovalEvent, isLate: boolean): string {
  const time = isLate ? new Date(Date.parse(event.time) + AN_HOUR_MS).toISOString() : event.time
  const before = fold(history).state.grants.get(grantIdOf('A'))
  const { last, state } = fold([...history, { ...event, time } as ApprovalEvent])
  const after = state.grants.get(grantIdOf('A'))
  if (last === undefined || !last.accepted) return `– ${last === undefined ? '' : kindOf(last)}`
  if (before?.status !== after?.status) return `**${after?.status.replace('_', ' ')}**`
  return before?.used === after?.used ? 'nothing changes' : `used: ${after?.used} of 2`
}

function whoMay(): string {
  const roles = (route: string) => (ROUTE_ROLES[route] ?? []).join(', ')
  return `## Who may

| by | who that is |
|---|---|
| answerers | over the API, the page and the command: ${roles('POST /v1/approvals/:id/approve')} ([roles](roles.md)). Whether a vote counts is up to the stage that is open |
| proxies | over gRPC with the token of the installation. Nobody else asks for an approval or uses it, or a grant. The approvals service itself takes back what a revoked gateway can never use |
| destinations | Slack, e-mail and Teams, in the approvals service |
| timer | every approvals instance, for the clocks of the request; the first of them counts |
`
}

/** The reasons as the fold gives them, without what differs from one to the next. */
function refusals(): string {
  const said = new Map<string, string>()
  for (const history of Object.values(HISTORIES))
    for (const [, , , event] of MESSAGES) {
      const { last } = fold([...history, relevant(event, 'any')])
      if (last && !last.accepted) said.set(reasonOf(last.reason), last.kind)
    }
  const rows = [...said]
    .sort()
    .map(([reason, kind]) => `| ${kind} | ${reason} | ${ofTimer(reason) ? '' : (ANSWERS[kind] ?? '')} |`)
  return `## Refusals

A refused message is in the log all the same, and the story of its action tells it with the reason.

| kind | reason | the API answers |
|---|---|---|
${rows.join('\n')}
`
}

/** What only the timer is told. */
const ofTimer = (reason: string) => reason === 'not due yet' || reason === 'over already'

const ANSWERS: Readonly<Record<string, string>> = {
  conflict: '409 `SP_APPROVAL_CLOSED`',
  expired: '410 `SP_APPROVAL_EXPIRED`',
  forbidden: '403 `SP_APPROVAL_NOT_YOURS`',
  voted: '409 `SP_APPROVAL_VOTED_ALREADY`',
  edited: '409 `SP_APPROVAL_EDITED`',
}

function reasonOf(reason: string): string {
  return reason
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'DIGEST')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/\b(ann|ben|sue|sam)( and (ann|ben|sue|sam))?\b/g, 'NAME')
}

const HEAD = `<!-- Written by \`npm run docs\`. -->
# The life of an approval

This page is made by the fold itself: each cell is what it makes of a message in that state. The approval of the table takes
\`${STAGES}\`, has the gateway’s owner excluded, and escalates to \`group:managers\`: from then on their votes count in every stage.
[Permissions](../permissions.md#whose-votes-an-approval-takes) says how stages are written, [held calls](../holds.md) how a
caller waits meanwhile.

A bold word is the new state. A dash is a refusal with its kind. All that is over by itself at the time of the message is
over before it.
`
