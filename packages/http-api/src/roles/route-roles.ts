import type { Reach } from '@sallyport/control'

/** Which of them reach a route, by its method and path. Routes without a token, such as /healthz, are not in it. */
export type RouteRoles = Readonly<Record<string, readonly Reach[]>>

/** Whoever has a token. */
export const EVERYBODY = ['owner', 'admin', 'approver', 'analyst', 'viewer', 'bot'] as const
/** Whoever reads the record and the rules in force. */
const READERS = ['owner', 'admin', 'approver', 'analyst', 'bot'] as const
/** Whoever may know who the others are. */
const PEOPLE = ['owner', 'admin', 'approver', 'analyst'] as const
/** Whoever answers held calls, and sees the whole arguments of them. */
export const ANSWERERS = ['owner', 'admin', 'approver', 'bot'] as const
/** Whoever accepts a changed tool. */
const ACCEPTORS = ['owner', 'admin', 'approver'] as const
/** Whoever sets rules. */
const ADMINS = ['owner', 'admin'] as const
/** Whoever says which people and bots there are, and what they may do: whoever can make a voter can make a vote. */
const OWNERS = ['owner'] as const

/** What each role may do: every route that takes a token is here, and one that is not cannot be registered. */
export const ROUTE_ROLES: RouteRoles = {
  'GET /v1/status': EVERYBODY,
  'GET /v1/session': EVERYBODY,
  'POST /v1/session': ['owner', 'admin', 'approver', 'analyst', 'viewer'],
  'DELETE /v1/session': EVERYBODY,
  'GET /v1/approvals': EVERYBODY,
  'GET /v1/approvals/counts': EVERYBODY,
  'GET /v1/approvals/stream': EVERYBODY,
  'GET /v1/approvals/:id': EVERYBODY,
  'POST /v1/approvals/:id/reveal': ANSWERERS,
  'POST /v1/approvals/:id/edit': ANSWERERS,
  'POST /v1/approvals/:id/comments': READERS,
  'POST /v1/approvals/:id/approve': ANSWERERS,
  'POST /v1/approvals/:id/deny': ANSWERERS,
  'POST /v1/approvals/:id/revoke': ANSWERERS,
  'GET /v1/grants': EVERYBODY,
  'GET /v1/grants/:id': EVERYBODY,
  'POST /v1/grants/:id/revoke': ANSWERERS,
  'GET /v1/timeline': READERS,
  'GET /v1/timeline/stream': READERS,
  'GET /v1/summary': READERS,
  'GET /v1/actions/:actionId': READERS,
  'GET /v1/gateways': READERS,
  'GET /v1/gateways/:name': READERS,
  'POST /v1/gateways': ADMINS,
  'POST /v1/gateways/:name/rotate': ADMINS,
  'PUT /v1/gateways/:name/issuers': ADMINS,
  'DELETE /v1/gateways/:name': ADMINS,
  'GET /v1/proxy': READERS,
  'GET /v1/upstreams': READERS,
  'GET /v1/upstreams/:name': READERS,
  'POST /v1/upstreams': ADMINS,
  'DELETE /v1/upstreams/:name': ADMINS,
  'POST /v1/probes/:name': ADMINS,
  'GET /v1/connectors': READERS,
  'GET /v1/connectors/:kind': READERS,
  'GET /v1/catalog': READERS,
  'GET /v1/catalog/differences': READERS,
  'POST /v1/catalog/accept': ACCEPTORS,
  'GET /v1/catalog/modes': READERS,
  'PUT /v1/catalog/modes': ADMINS,
  'GET /v1/permissions': READERS,
  'PUT /v1/permissions': ADMINS,
  'DELETE /v1/permissions/:id': ADMINS,
  'POST /v1/permissions/test': READERS,
  'GET /v1/kill-switch': READERS,
  'PUT /v1/kill-switch': ADMINS,
  'GET /v1/webhooks': READERS,
  'GET /v1/webhooks/:name': READERS,
  'POST /v1/webhooks': ADMINS,
  'DELETE /v1/webhooks/:name': ADMINS,
  'GET /v1/deliveries': READERS,
  'GET /v1/deliveries/:name/dead-letters': READERS,
  'POST /v1/deliveries/:name/replay': ADMINS,
  'POST /v1/deliveries/:name/test': ADMINS,
  'PUT /v1/gateways/:name/owner': ADMINS,
  'GET /v1/persons': PEOPLE,
  'GET /v1/persons/:name': PEOPLE,
  'POST /v1/persons': OWNERS,
  'PATCH /v1/persons/:name': OWNERS,
  'POST /v1/persons/:name/rotate': OWNERS,
  'DELETE /v1/persons/:name': OWNERS,
  'GET /v1/bots': PEOPLE,
  'POST /v1/bots': OWNERS,
  'PATCH /v1/bots/:name': OWNERS,
  'POST /v1/bots/:name/rotate': OWNERS,
  'DELETE /v1/bots/:name': OWNERS,
  'GET /v1/groups': PEOPLE,
  'GET /v1/tokens': ADMINS,
  'POST /v1/tokens': OWNERS,
  'DELETE /v1/tokens/:name': OWNERS,
}

/** Whether one of these roles reaches a route for those. */
export function reaches(reach: readonly Reach[], route: readonly Reach[]): boolean {
  return reach.some((one) => route.includes(one))
}
