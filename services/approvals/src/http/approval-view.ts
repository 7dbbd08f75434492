import {
  APPROVAL_STATUSES,
  type Approval,
  digestOf,
  type Edit,
  GRANT_STATUSES,
  type Grant,
  usesLeft,
} from '@sallyport/approval'
import type { Part } from '@sallyport/inspection'
import { parseExactly } from '@sallyport/jsonrpc'
import { grantText, type Selector, selectorText } from '@sallyport/policy'
import { type Static, Type } from 'typebox'
import type { ApprovalContext } from '../domain/approval-context.ts'
import { recordedArguments, type ShownCall } from '../shown-calls.ts'
import { GrantTermsView, termsViewOf } from './grant-view.ts'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])
const Instant = Type.String({ format: 'date-time' })
export const Digest = Type.String({ description: 'SHA-256 or HMAC-SHA-256, hex', maxLength: 64 })
const Actor = Type.Object({
  type: Type.Union([Type.Literal('person'), Type.Literal('bot'), Type.Literal('system')]),
  name: Type.String(),
})

export const ApprovalStatus = Type.Enum(APPROVAL_STATUSES)

/** A leaf of the arguments or of `_meta`. */
export const ShownPart = Type.Object({
  place: Type.String({ description: 'JSON pointer into { arguments, _meta }' }),
  kind: Type.Union([
    Type.Literal('string'),
    Type.Literal('number'),
    Type.Literal('boolean'),
    Type.Literal('null'),
    Type.Literal('empty'),
  ]),
  text: Type.String({ description: 'with a marker for each secret' }),
  masks: Type.Array(
    Type.Object({
      start: Type.Integer({ description: 'of the marker in `text`, in UTF-16 units' }),
      end: Type.Integer(),
      kind: Type.String(),
      characters: Type.Integer({ description: 'how long the secret is' }),
    }),
  ),
})

function shownOf({ arguments: given, meta, whole, parts }: ShownCall) {
  return { arguments: given, ...(meta === null ? {} : { meta }), whole, parts: parts.map(shownPart) }
}

function recordedOf(approval: Approval) {
  const { arguments: given, _meta: meta } = recordedArguments(approval)
  return { arguments: given, ...(meta === undefined ? {} : { meta }) }
}

export function shownPart({ place, kind, text, masks }: Part): Static<typeof ShownPart> {
  return { place, kind, text, masks: masks.map((mask) => ({ ...mask })) }
}

const EarlierAction = Type.Object({
  actionId: Type.String(),
  at: Instant,
  upstream: Type.String(),
  action: Type.String(),
  verdict: Type.Union([Type.Literal('allow'), Type.Literal('deny'), Type.Literal('hold')]),
  outcome: nullable(
    Type.String({
      description: 'ok, tool_error, rpc_error, upstream_error, timeout or aborted; null: none yet',
    }),
  ),
})

/** An approval as the API tells it: everything a person needs to answer, and what became of it. */
export const ApprovalView = Type.Object(
  {
    approvalId: Type.String(),
    status: ApprovalStatus,
    gateway: Type.Object({ id: Type.String(), name: Type.String() }),
    connector: Type.String(),
    upstream: Type.String(),
    action: Type.String(),
    tool: nullable(Type.String()),
    arguments: Type.Unknown({
      description:
        'with secrets masked and numbers as they were sent; whole where `whole` says so, else long ones are cut',
    }),
    meta: Type.Optional(Type.Unknown({ description: 'the `_meta` of an MCP call; null without one' })),
    whole: Type.Optional(
      Type.Boolean({
        description:
          'whether nothing of arguments and meta is cut; only of one approval, for those who answer',
      }),
    ),
    parts: Type.Optional(Type.Array(ShownPart, { description: 'the same, leaf by leaf' })),
    risk: Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high')]),
    rule: Type.String({ description: 'the rule that asked for a person' }),
    reasons: Type.Array(Type.String()),
    client: nullable(Type.Object({ name: Type.String(), version: Type.String() })),
    actionId: Type.String({ description: 'the action that asked first' }),
    attachments: Type.Integer({ description: 'how often the same call was made again while this was open' }),
    callDigest: Digest,
    digest: {
      ...Digest,
      description: 'of what is shown and would run: `callDigest`, or that of the edit. A vote names it',
    },
    edit: nullable(
      Type.Object(
        {
          digest: Digest,
          by: Type.String(),
          byType: Actor.properties.type,
          at: Instant,
          reason: nullable(Type.String()),
          count: Type.Integer({ description: 'how often it was edited' }),
          patch: Type.Unknown({ description: 'JSON Patch of the last edit, with secrets masked' }),
          changes: Type.Array(
            Type.Object({
              place: Type.String({ description: 'JSON pointer into the arguments' }),
              from: nullable(Type.String({ description: 'null where there was none' })),
              to: nullable(Type.String({ description: 'null where there is none any more' })),
            }),
            { description: 'what is different from what the agent sent, the first hundred, secrets masked' },
          ),
        },
        { description: 'other arguments in the place of those that the agent sent' },
      ),
    ),
    binding: Type.Object({
      tenant: Type.String(),
      gatewayId: Type.String(),
      upstream: Type.String(),
      upstreamDigest: Digest,
      action: Type.String(),
      argsDigest: nullable(Digest),
      toolDigest: nullable(Digest),
      policyVersion: Type.String(),
    }),
    requestedAt: Instant,
    expiresAt: Instant,
    usableUntil: nullable(Instant),
    answer: nullable(Type.Union([Type.Literal('approve'), Type.Literal('deny')])),
    answeredBy: nullable(Type.String()),
    answeredByType: nullable(Actor.properties.type),
    answeredAt: nullable(Instant),
    answerReason: nullable(Type.String()),
    cancellation: nullable(Type.Object({ actor: Actor, reason: Type.String(), at: Instant })),
    claim: nullable(Type.Object({ actionId: Type.String(), claimant: Type.String(), at: Instant })),
    answerUnseen: Type.Optional(
      Type.Array(Type.String(), {
        description: 'places of parts that were not on screen when it was answered',
      }),
    ),
    endedAt: nullable(Instant),
    stages: Type.Array(
      Type.Object({
        need: Type.Integer({ description: 'votes of different people' }),
        of: Type.String({ description: 'whose, such as "group:finance or role:owner"' }),
        have: Type.Integer(),
        voters: Type.Array(Type.String(), { description: 'the names of those whose votes counted' }),
        open: Type.Boolean({ description: 'whether votes count in it now' }),
      }),
      { description: 'passed one after the other' },
    ),
    stage: Type.Integer({
      description: 'the index of the open one; the number of stages once all are passed',
    }),
    fallback: nullable(
      Type.String({ description: 'whose votes count as well in every stage once it has escalated' }),
    ),
    remindAt: nullable(Instant),
    remindedAt: nullable(Instant),
    escalateAt: nullable(Instant),
    escalatedAt: nullable(Instant),
    advice: Type.Array(
      Type.Object({
        name: Type.String(),
        vote: Type.Union([Type.Literal('approve'), Type.Literal('deny')]),
        reason: nullable(Type.String()),
        at: Instant,
      }),
      { description: 'of those whose votes count for nothing' },
    ),
    comments: Type.Array(
      Type.Object({ by: Type.String(), byType: Actor.properties.type, text: Type.String(), at: Instant }),
      { description: 'what people and bots said about it, the oldest first' },
    ),
    unanswerable: nullable(
      Type.String({ description: 'why nobody can approve it as things are, such as that a group is empty' }),
    ),
    context: Type.Optional(
      Type.Object(
        {
          sentence: Type.String({ description: 'what is asked' }),
          next: Type.Array(Type.String(), { description: 'what follows from each answer' }),
          tool: nullable(
            Type.Object({
              title: nullable(Type.String()),
              description: nullable(Type.String({ description: 'as the server lists it now' })),
              status: Type.String({ description: 'accepted, changed, added, removed or refused' }),
              since: Instant,
            }),
          ),
          similar: Type.Object(
            {
              approved: Type.Integer(),
              denied: Type.Integer(),
              unanswered: Type.Integer(),
              sameCall: Type.Integer({ description: 'with the very same arguments' }),
              last: nullable(
                Type.Object({
                  approvalId: Type.String(),
                  answer: Type.Union([Type.Literal('approve'), Type.Literal('deny')]),
                  by: Type.String(),
                  at: Instant,
                  reason: nullable(Type.String()),
                }),
              ),
            },
            { description: 'how calls of the same gateway to the same action were answered before' },
          ),
          actsFor: nullable(
            Type.Object(
              {
                issuer: Type.String(),
                subject: Type.String(),
                person: nullable(Type.String({ description: 'the name of whoever has that identity now' })),
              },
              { description: 'whom the agent acts for' },
            ),
          ),
          session: nullable(
            Type.Object(
              {
                actions: Type.Array(EarlierAction),
                more: Type.Integer({ description: 'how many came before these' }),
                limits: Type.String({ description: 'what cannot be in it' }),
              },
              {
                description:
                  'the last actions of the same session, the oldest first; null where it is not known',
              },
            ),
          ),
          stages: Type.Array(Type.String(), { description: 'one line for each stage' }),
          clocks: Type.Array(Type.Object({ at: Instant, text: Type.String() }), {
            description: 'what happens by itself, in its order',
          }),
        },
        { description: 'only of one approval' },
      ),
    ),
    mayGrant: nullable(
      Type.Object({
        withinMs: Type.Number({ description: 'the longest' }),
        session: Type.Boolean({ description: 'whether the call belongs to a session' }),
      }),
    ),
    wouldGrant: Type.Array(Type.Object({ name: Type.String(), text: Type.String(), terms: GrantTermsView }), {
      description: 'the grants that votes so far ask for; one is given where all votes ask for the same',
    }),
    grant: nullable(
      Type.Object(
        {
          id: Type.String(),
          terms: GrantTermsView,
          text: Type.String({ description: 'the terms in words' }),
          status: Type.Enum(GRANT_STATUSES),
          until: Instant,
          usesLeft: nullable(Type.Integer()),
        },
        { description: 'what was granted with it: calls like it need nobody' },
      ),
    ),
    youMay: Type.Object(
      {
        answer: Type.Boolean(),
        why: nullable(Type.String({ description: 'why not' })),
        deny: Type.Boolean({
          description: 'whether their denial would count: also before their stage is open',
        }),
        edit: Type.Boolean({ description: 'whether they may put other arguments in the place of these' }),
      },
      { description: 'whether the vote of whoever asks would count' },
    ),
  },
  { title: 'Approval' },
)
export type ApprovalView = Static<typeof ApprovalView>

/** What depends on who looks, and on who could answer now; of one approval also the facts around it. */
export interface Standpoint {
  readonly youMay: ApprovalView['youMay']
  readonly unanswerable: string | null
  /** What was granted with it, as it stands now. */
  readonly grant: Grant | null
  readonly context?: ApprovalContext
}

export function viewOf(
  approval: Approval,
  { youMay, unanswerable, grant, context }: Standpoint,
  call?: ShownCall,
): ApprovalView {
  const { answer, usableForMs: _, sealedArguments: __, argumentsText: ___, meta: ____, ...rest } = approval
  const {
    votes,
    excluded: _____,
    told: ______,
    openedLinks: _______,
    grantable,
    grantId: ________,
    ...others
  } = rest
  const { sent: _________, editors: __________, editable: ___________, edits, edit, ...more } = others
  const { principal: ____________, ...facts } = more
  const unseen = answer?.unseen
  return {
    ...facts,
    ...(call === undefined ? recordedOf(approval) : shownOf(call)),
    ...(unseen && { answerUnseen: [...unseen] }),
    digest: digestOf(approval),
    edit: edit && editOf(edit, edits),
    upstream: approval.binding.upstream,
    action: approval.binding.action,
    reasons: [...approval.reasons],
    answer: answer?.vote ?? null,
    answeredBy: answer?.actor.name ?? null,
    answeredByType: answer?.actor.type ?? null,
    answeredAt: answer?.at ?? null,
    answerReason: answer?.reason ?? null,
    stages: stagesOf(approval),
    fallback: approval.fallback.length === 0 ? null : selectorsText(approval.fallback),
    advice: approval.advice.map(({ voterId: _, ...advice }) => advice),
    comments: (approval.comments ?? []).map(({ actor, text, at }) => ({
      by: actor.name,
      byType: actor.type,
      text,
      at,
    })),
    unanswerable,
    mayGrant: grantable ? { withinMs: grantable.withinMs, session: grantable.caller.session !== null } : null,
    wouldGrant: votes.flatMap(({ grant: terms, actor }) =>
      terms ? [{ name: actor.name, text: grantText(terms), terms: termsViewOf(terms) }] : [],
    ),
    grant: grant && grantOf(grant),
    ...(context && { context: told(context) }),
    youMay,
  }
}

function editOf({ actor, changes, patch, ...edit }: Edit, count: number): NonNullable<ApprovalView['edit']> {
  const { digest, at, reason } = edit
  return {
    digest,
    by: actor.name,
    byType: actor.type,
    at,
    reason,
    count,
    patch: parseExactly(patch),
    changes: changes.map((change) => ({ ...change })),
  }
}

function grantOf(grant: Grant): NonNullable<ApprovalView['grant']> {
  const { grantId: id, terms, status, until } = grant
  return { id, terms: termsViewOf(terms), text: grantText(terms), status, until, usesLeft: usesLeft(grant) }
}

function told(context: ApprovalContext): NonNullable<ApprovalView['context']> {
  const { next, stages, clocks, session } = context
  return {
    ...context,
    next: [...next],
    stages: [...stages],
    clocks: [...clocks],
    session: session && { ...session, actions: [...session.actions] },
  }
}

function stagesOf({ status, stages, stage, votes }: Approval): ApprovalView['stages'] {
  return stages.map(({ need, of }, index) => {
    const voters = votes.filter((vote) => vote.stage === index).map(({ actor }) => actor.name)
    const open = status === 'pending' && index === stage
    return { need, of: selectorsText(of), have: voters.length, voters, open }
  })
}

function selectorsText(selectors: readonly Selector[]): string {
  return selectors.map(selectorText).join(' or ')
}
