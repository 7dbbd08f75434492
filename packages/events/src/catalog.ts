import type { Static, TObject } from 'typebox'
import * as actions from './definitions/actions.ts'
import * as approvals from './definitions/approvals.ts'
import * as catalog from './definitions/catalog.ts'
import * as control from './definitions/control.ts'
import * as deadLetters from './definitions/dead-letters.ts'
import * as logDamage from './definitions/log-damage.ts'
import * as people from './definitions/people.ts'
import * as webhooks from './definitions/webhooks.ts'

export const TOPICS = {
  actions: 'sallyport.actions',
  approvals: 'sallyport.approvals',
  control: 'sallyport.control',
  deadLetters: 'sallyport.dead_letters',
} as const

export type Topic = (typeof TOPICS)[keyof typeof TOPICS]

/**
 * Whether a reader that does not know the type must stop, or may pass over the event. `critical` is whatever changes
 * who may do what: a reader that passed over it would allow what is not allowed any more.
 */
export type Criticality = 'critical' | 'passable'

export interface Definition {
  readonly topic: Topic
  readonly criticality: Criticality
  readonly schema: TObject
  /** What happened, for the reference and the published schema. */
  readonly meaning: string
}

const define = <T extends Topic, S extends TObject>(
  topic: T,
  criticality: Criticality,
  schema: S,
  meaning: string,
) => ({ topic, criticality, schema, meaning })

/** Every event type that is written, with the schema of its data. The version is the last part of the name. */
export const EVENTS = {
  'sallyport.action.decided.v1': define(
    TOPICS.actions,
    'passable',
    actions.ActionDecided,
    'A verdict was given on an action; durable before anything is forwarded. A held action has two: `initial` with the hold, then `resumed` with what came of it.',
  ),
  'sallyport.action.completed.v1': define(
    TOPICS.actions,
    'passable',
    actions.ActionCompleted,
    "The upstream's answer, or its failure, reached the agent.",
  ),
  'sallyport.action.aborted.v1': define(
    TOPICS.actions,
    'passable',
    actions.ActionAborted,
    'The caller went away, or Sallyport stopped, before the action ended.',
  ),
  'sallyport.action.repeated.v1': define(
    TOPICS.actions,
    'passable',
    actions.ActionRepeated,
    'An agent repeats a denied action unchanged, and was told to pause. Once for each such run; it changes nothing of what is allowed.',
  ),
  'sallyport.session.opened.v1': define(
    TOPICS.actions,
    'passable',
    actions.SessionOpened,
    'An upstream answered `initialize`.',
  ),
  'sallyport.session.closed.v1': define(
    TOPICS.actions,
    'passable',
    actions.SessionClosed,
    'A client ended its session, or the upstream said that it is gone.',
  ),
  'sallyport.message.dropped.v1': define(
    TOPICS.actions,
    'passable',
    actions.MessageDropped,
    "A message of an upstream's reached nobody: it could not be read without doubt, or it answered nothing that was waited for.",
  ),
  'sallyport.record.lost.v1': define(
    TOPICS.actions,
    'passable',
    actions.RecordLost,
    'So many events are in no log: it could not be written when they happened, and no more could be kept.',
  ),
  'sallyport.approval.requested.v2': define(
    TOPICS.approvals,
    'critical',
    approvals.ApprovalRequested,
    'A held action asks for a person. Folds to an attachment where an approval for the same call is still open.',
  ),
  'sallyport.approval.voted.v2': define(
    TOPICS.approvals,
    'critical',
    approvals.ApprovalVoted,
    'Somebody voted. It counts in the stage that is open, once for each voter, or folds to a recorded rejection. A denial that counts ends the approval.',
  ),
  'sallyport.approval.edited.v1': define(
    TOPICS.approvals,
    'critical',
    approvals.ApprovalEdited,
    'Somebody who may answer has put other arguments in the place of those that the agent sent. The votes so far are void, and whoever edited has none.',
  ),
  'sallyport.approval.reminded.v1': define(
    TOPICS.approvals,
    'passable',
    approvals.ApprovalReminded,
    "The timer's intent: an approval that is still pending is reminded of.",
  ),
  'sallyport.approval.escalated.v1': define(
    TOPICS.approvals,
    'critical',
    approvals.ApprovalEscalated,
    "The timer's intent: from now on the votes of the fallback count as well.",
  ),
  'sallyport.approval.revealed.v1': define(
    TOPICS.approvals,
    'passable',
    approvals.ApprovalRevealed,
    'Somebody who may answer had the secrets in these parts of the arguments shown. Changes nothing of the approval.',
  ),
  'sallyport.approval.commented.v1': define(
    TOPICS.approvals,
    'passable',
    approvals.ApprovalCommented,
    'Somebody commented on an approval, for the others who look at it. Changes nothing of what may happen to it.',
  ),
  'sallyport.approval.told.v1': define(
    TOPICS.approvals,
    'passable',
    approvals.ApprovalTold,
    'A destination told people of an approval in these messages. Changes nothing of what may happen to it.',
  ),
  'sallyport.approval.link_opened.v1': define(
    TOPICS.approvals,
    'passable',
    approvals.ApprovalLinkOpened,
    'The link of a message was opened for its person. A second time folds to a recorded rejection.',
  ),
  'sallyport.approval.expired.v1': define(
    TOPICS.approvals,
    'critical',
    approvals.ApprovalExpired,
    "The timer's intent: nobody answered in time (pending → expired) or nobody used it (approved → lapsed).",
  ),
  'sallyport.approval.cancelled.v1': define(
    TOPICS.approvals,
    'critical',
    approvals.ApprovalCancelled,
    'The call is not wanted any more: pending → cancelled, approved → revoked.',
  ),
  'sallyport.approval.claimed.v1': define(
    TOPICS.approvals,
    'critical',
    approvals.ApprovalClaimed,
    'A proxy takes the approval to forward the call; only the first claim ordered after the approval wins.',
  ),
  'sallyport.grant.given.v1': define(
    TOPICS.approvals,
    'critical',
    approvals.GrantGiven,
    'Every vote of an approval asked for the same grant: calls of the same tool that its terms admit need nobody until it ends. Of the key of its approval.',
  ),
  'sallyport.grant.used.v1': define(
    TOPICS.approvals,
    'critical',
    approvals.GrantUsed,
    'A proxy takes one use of a grant to forward a call that it covers. Folds to a rejection once it has ended or no use is left.',
  ),
  'sallyport.grant.revoked.v1': define(
    TOPICS.approvals,
    'critical',
    approvals.GrantRevoked,
    'Somebody revoked a grant, or what it was bound to has changed: the reason names it.',
  ),
  'sallyport.gateway.added.v1': define(
    TOPICS.control,
    'critical',
    control.GatewayAdded,
    'A governed agent got a name and a token, of which only the hash is kept.',
  ),
  'sallyport.gateway.token_rotated.v1': define(
    TOPICS.control,
    'critical',
    control.GatewayTokenRotated,
    'The agent has a new token; the old one ended at once.',
  ),
  'sallyport.gateway.issuers_set.v1': define(
    TOPICS.control,
    'critical',
    control.GatewayIssuersSet,
    'The issuers whose access tokens may name the agent were set, in place of those before.',
  ),
  'sallyport.gateway.owner_set.v1': define(
    TOPICS.control,
    'critical',
    control.GatewayOwnerSet,
    'The person who answers for the agent was set, in place of the one before. They approve nothing that it asks for.',
  ),
  'sallyport.gateway.revoked.v1': define(
    TOPICS.control,
    'critical',
    control.GatewayRevoked,
    'The agent, its token and the permissions of its name ended.',
  ),
  'sallyport.upstream.added.v1': define(
    TOPICS.control,
    'critical',
    control.UpstreamAdded,
    'An upstream was registered under a name. Without an id it has that of the event.',
  ),
  'sallyport.upstream.removed.v1': define(
    TOPICS.control,
    'critical',
    control.UpstreamRemoved,
    'An upstream was forgotten, and with it the permissions that are bound to it.',
  ),
  'sallyport.catalog.observed.v1': define(
    TOPICS.control,
    'critical',
    catalog.CatalogObserved,
    'An upstream listed tools, prompts or resources otherwise than the catalog has them. What is already there in this way changes nothing.',
  ),
  'sallyport.catalog.accepted.v1': define(
    TOPICS.control,
    'critical',
    catalog.CatalogAccepted,
    'Somebody accepted definitions that they saw; rejected when one of them has changed again since.',
  ),
  'sallyport.catalog.mode_set.v1': define(
    TOPICS.control,
    'critical',
    catalog.CatalogModeSet,
    'What the catalog does about one tool, prompt or resource, or about all that are changed, added or unknown, was set.',
  ),
  'sallyport.permission.set.v4': define(
    TOPICS.control,
    'critical',
    control.PermissionSet,
    'What an agent may do was set. It replaces what was set for the same gateway, upstream, connector and action.',
  ),
  'sallyport.permission.removed.v1': define(
    TOPICS.control,
    'critical',
    control.PermissionRemoved,
    'A permission was taken back.',
  ),
  'sallyport.kill_switch.set.v2': define(
    TOPICS.control,
    'critical',
    control.KillSwitchSet,
    'A kill switch was turned on or off. The scope is `global`, `gateway:NAME`, `upstream:NAME` or `connector:KIND`.',
  ),
  'sallyport.person.added.v1': define(
    TOPICS.control,
    'critical',
    people.PersonAdded,
    'A person got a name, groups and roles. Their rights hang on the id.',
  ),
  'sallyport.person.changed.v1': define(
    TOPICS.control,
    'critical',
    people.PersonChanged,
    'What is known of a person was set, in place of all that was before.',
  ),
  'sallyport.person.removed.v1': define(
    TOPICS.control,
    'critical',
    people.PersonRemoved,
    'A person is gone, and with them their bots and every token of theirs.',
  ),
  'sallyport.bot.added.v1': define(
    TOPICS.control,
    'critical',
    people.BotAdded,
    'A bot got a name and the limits of what it may answer.',
  ),
  'sallyport.bot.changed.v1': define(
    TOPICS.control,
    'critical',
    people.BotChanged,
    'The limits of a bot were set, in place of those before.',
  ),
  'sallyport.bot.removed.v1': define(
    TOPICS.control,
    'critical',
    people.BotRemoved,
    'A bot is gone, and with it every token of its own.',
  ),
  'sallyport.token.issued.v2': define(
    TOPICS.control,
    'critical',
    control.TokenIssued,
    'A person or bot got an API token, of which only the hash is kept; or somebody signed in, and this is their session.',
  ),
  'sallyport.token.revoked.v1': define(
    TOPICS.control,
    'critical',
    control.TokenRevoked,
    'An API token ended.',
  ),
  'sallyport.webhook.added.v1': define(
    TOPICS.control,
    'passable',
    webhooks.WebhookAdded,
    'An address is told of events from now on. The secret that signs them is in no event: only where it is.',
  ),
  'sallyport.webhook.disabled.v1': define(
    TOPICS.control,
    'passable',
    webhooks.WebhookDisabled,
    'The receiver said that it is gone for good; nothing is sent there any more.',
  ),
  'sallyport.webhook.removed.v1': define(
    TOPICS.control,
    'passable',
    webhooks.WebhookRemoved,
    'An address is told of nothing any more.',
  ),
  'sallyport.log.damage_accepted.v1': define(
    TOPICS.control,
    'passable',
    logDamage.LogDamageAccepted,
    'An operator let Sallyport go on past a place where the log is not what was written, and said why. What is lost there stays lost.',
  ),
  'sallyport.delivery.dead_lettered.v1': define(
    TOPICS.deadLetters,
    'passable',
    deadLetters.DeadLettered,
    'A destination did not take an event, and the delivery went on without it.',
  ),
  'sallyport.delivery.replay_requested.v1': define(
    TOPICS.deadLetters,
    'passable',
    deadLetters.ReplayRequested,
    'Somebody asked to deliver a dead letter again. If it fails again it becomes another one.',
  ),
} satisfies Record<string, Definition>

export type EventType = keyof typeof EVENTS
export type DataOf<T extends EventType> = Static<(typeof EVENTS)[T]['schema']>

/** The event types of one topic. */
export type TypesOf<T extends Topic> = {
  [K in EventType]: (typeof EVENTS)[K]['topic'] extends T ? K : never
}[EventType]

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENTS, type)
}
