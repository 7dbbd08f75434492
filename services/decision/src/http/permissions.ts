import { type ControlState, GatewayNotRegistered, type PermissionRecord } from '@sallyport/control'
import type { DataOf } from '@sallyport/events'
import { type ApiPlugin, ListOf, pageOf } from '@sallyport/http-api'
import {
  type ApprovalTerms,
  BUILTIN_PERMISSIONS,
  boundTerms,
  compilePattern,
  matches,
  type Permission,
  parseTerms,
  type TermsText,
  termsText,
} from '@sallyport/policy'
import { newId } from '@sallyport/runtime'
import { type Static, Type } from 'typebox'
import { unofferedRemark } from '../domain/unoffered.ts'
import { votersRemarks } from '../domain/voters-remarks.ts'
import { checkCovers } from './action-check.ts'
import { type Commands, made } from './commands.ts'
import { ApprovalUnasked, ConnectorMismatch } from './errors.ts'
import { existingConnector, existingPerson, existingUpstream } from './existing.ts'
import { Gone, NewPermission, PermissionQuery, PermissionSet } from './schemas.ts'

const tags = ['permissions']
/** Every gateway, or every kind. */
const ANY = '*'
const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })

/** What each agent may do. */
export function permissionRoutes({ state, run }: Commands): ApiPlugin {
  return async (server) => {
    server.put(
      '/v1/permissions',
      {
        schema: {
          summary:
            'Sets what an agent may do; replaces what was set for the same gateway, upstream, connector and action',
          tags,
          body: NewPermission,
          response: { 200: PermissionSet },
        },
      },
      async (request) => {
        const { gateway, action, decision } = request.body
        const reach = reachOf(state(), request.body)
        checkCovers(reach.connector, action, state())
        const approval = termsOf(state(), request.body)
        const id = newId()
        const gatewayId = idInForce(state(), gateway)
        const data = { id, gateway, gatewayId, ...reach, action, decision, approval }
        const { subject } = await run(request, 'sallyport.permission.set.v4', id, data)
        const remarks = [
          unofferedRemark(state(), reach, action),
          ...(approval === null ? [] : votersRemarks(state(), approval)),
        ].filter((remark) => remark !== null)
        const view = permissionView(explicit(made(state().permissions.get(subject))))
        return remarks.length === 0 ? view : { ...view, notes: remarks }
      },
    )
    server.get(
      '/v1/permissions',
      {
        schema: {
          summary: 'What agents may do, built-in permissions last',
          tags,
          querystring: PermissionQuery,
          response: { 200: ListOf(PermissionSet) },
        },
      },
      async ({ query }) => {
        if (query.upstream !== undefined) existingUpstream(state(), query.upstream)
        if (query.connector !== undefined && query.connector !== ANY) existingConnector(query.connector)
        const all = [...[...state().permissions.values()].map(explicit), ...BUILTIN_PERMISSIONS]
        checkGateway(state(), all, query.gateway)
        const page = pageOf(all.filter(wantedBy(query)), keyOf, query)
        const items = page.items.map((permission) => {
          const notes = permission.approval ? votersRemarks(state(), permission.approval) : []
          return { ...permissionView(permission), ...(notes.length > 0 && { notes }) }
        })
        return { items, next: page.next }
      },
    )
    server.delete(
      '/v1/permissions/:id',
      {
        schema: { summary: 'Removes a permission', tags, params: IdParams, response: { 204: Gone } },
      },
      async (request, reply) => {
        const { id } = request.params
        await run(request, 'sallyport.permission.removed.v1', id, { id })
        return reply.code(204).send(null)
      },
    )
  }
}

/** Throws StagesInvalid, SpanInvalid or TermsInvalid, ApprovalUnasked or PersonUnknown. */
function termsOf(
  state: ControlState,
  { decision, approval = null }: Static<typeof NewPermission>,
): DataOf<'sallyport.permission.set.v4'>['approval'] {
  if (approval === null) return null
  if (decision !== 'require_approval') throw new ApprovalUnasked(decision)
  const terms: ApprovalTerms = boundTerms(
    parseTerms(approval as TermsText),
    (name) => existingPerson(state, name).id,
  )
  return {
    ...terms,
    stages: terms.stages.map(({ need, of }) => ({ need, of: [...of] })),
    fallback: [...terms.fallback],
  }
}

/** Throws GatewayNotRegistered. A permission can be for a gateway that is yet to be added. */
function checkGateway(
  { gateways }: ControlState,
  all: readonly Permission[],
  name: string | undefined,
): void {
  if (name === undefined || gateways.has(name) || all.some(({ gateway }) => gateway === name)) return
  throw new GatewayNotRegistered(name, gateways.keys())
}

/** Filters by what a permission says of itself, and not by what it applies to: `*` is asked for as `*`. */
function wantedBy(query: Static<typeof PermissionQuery>): (permission: Permission) => boolean {
  const { gateway, upstream, connector, action, decision, origin } = query
  const pattern = action === undefined ? undefined : compilePattern(action)
  return (permission) =>
    (gateway === undefined || permission.gateway === gateway) &&
    (upstream === undefined || permission.upstream?.name === upstream) &&
    (connector === undefined || permission.connector === connector) &&
    (pattern === undefined || matches(pattern, permission.action)) &&
    (decision === undefined || permission.decision === decision) &&
    (origin === undefined || permission.origin === origin)
}

export const explicit = (record: PermissionRecord): Permission => ({ ...record, origin: 'explicit' })

/** The id of the gateway that has the name now. A permission may be set before there is one, and waits for it. */
function idInForce({ gateways }: ControlState, name: string): string | null {
  const gateway = gateways.get(name)
  return gateway?.revokedAt === null ? gateway.id : null
}

/** The reach of a permission: one upstream, every upstream of a kind, or every upstream. */
function reachOf(
  state: ControlState,
  { upstream = null, connector }: Static<typeof NewPermission>,
): Pick<Permission, 'connector'> & {
  readonly upstream: { readonly id: string; readonly name: string } | null
} {
  if (connector !== undefined && connector !== ANY) existingConnector(connector)
  if (upstream === null) return { upstream, connector: connector ?? ANY }
  const { id, name, connector: kind } = existingUpstream(state, upstream)
  if (connector !== undefined && connector !== ANY && connector !== kind)
    throw new ConnectorMismatch(name, kind)
  return { upstream: { id, name }, connector: kind }
}

/** Explicit ones first, then by whom and what they are for. */
function keyOf({ origin, gateway, upstream, connector, action, id }: Permission): string {
  return JSON.stringify([origin === 'explicit' ? 0 : 1, gateway, upstream?.name ?? '', connector, action, id])
}

export function permissionView(permission: Permission) {
  const { id, gateway, upstream, connector, action, decision, approval, origin } = permission
  return {
    id,
    gateway,
    upstream: upstream?.name ?? null,
    connector,
    action,
    decision,
    approval: approval === undefined ? null : termsText(approval),
    origin,
  }
}
