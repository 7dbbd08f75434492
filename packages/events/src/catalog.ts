import type { Static, TObject } from 'typebox'
import * as actions from './definitions/actions.ts'
import * as approvals from './definitions/approvals.ts'
import * as control from './definitions/control.ts'

export const TOPICS = {
  actions: 'sallyport.actions',
  approvals: 'sallyport.approvals',
  control: 'sallyport.control',
} as const

export type Topic = (typeof TOPICS)[keyof typeof TOPICS]

interface Definition {
  readonly topic: Topic
  readonly schema: TObject
}

const define = <S extends TObject>(topic: Topic, schema: S) => ({ topic, schema })

/** Every event type with its topic and the schema of its data. The version is the last part of the name. */
export const EVENTS = {
  'sallyport.action.decided.v1': define(TOPICS.actions, actions.ActionDecided),
  'sallyport.action.completed.v1': define(TOPICS.actions, actions.ActionCompleted),
  'sallyport.action.aborted.v1': define(TOPICS.actions, actions.ActionAborted),
  'sallyport.session.opened.v1': define(TOPICS.actions, actions.SessionOpened),
  'sallyport.session.closed.v1': define(TOPICS.actions, actions.SessionClosed),
  'sallyport.approval.requested.v1': define(TOPICS.approvals, approvals.ApprovalRequested),
  'sallyport.approval.voted.v1': define(TOPICS.approvals, approvals.ApprovalVoted),
  'sallyport.approval.expired.v1': define(TOPICS.approvals, approvals.ApprovalExpired),
  'sallyport.approval.cancelled.v1': define(TOPICS.approvals, approvals.ApprovalCancelled),
  'sallyport.approval.claimed.v1': define(TOPICS.approvals, approvals.ApprovalClaimed),
  'sallyport.gateway.added.v1': define(TOPICS.control, control.GatewayAdded),
  'sallyport.gateway.token_rotated.v1': define(TOPICS.control, control.GatewayTokenRotated),
  'sallyport.gateway.revoked.v1': define(TOPICS.control, control.GatewayRevoked),
  'sallyport.upstream.added.v1': define(TOPICS.control, control.UpstreamAdded),
  'sallyport.upstream.removed.v1': define(TOPICS.control, control.UpstreamRemoved),
  'sallyport.permission.set.v1': define(TOPICS.control, control.PermissionSet),
  'sallyport.permission.removed.v1': define(TOPICS.control, control.PermissionRemoved),
  'sallyport.kill_switch.set.v1': define(TOPICS.control, control.KillSwitchSet),
  'sallyport.token.issued.v1': define(TOPICS.control, control.TokenIssued),
  'sallyport.token.revoked.v1': define(TOPICS.control, control.TokenRevoked),
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
