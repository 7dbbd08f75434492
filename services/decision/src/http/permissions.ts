import type { PermissionRecord } from '@sallyport/control'
import { type ApiPlugin, ListOf, PageQuery, pageOf } from '@sallyport/http-api'
import { BUILTIN_PERMISSIONS, compilePattern, type Permission } from '@sallyport/policy'
import { newId } from '@sallyport/runtime'
import { Type } from 'typebox'
import { type Commands, made } from './commands.ts'
import { Gone, NewPermission, PermissionView } from './schemas.ts'

const tags = ['permissions']
const readers = { scopes: ['approver', 'analyst', 'bot'] } as const
const admins = { scopes: [] } as const
const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })

/** Who may do what. */
export function permissionRoutes({ state, run }: Commands): ApiPlugin {
  return async (server) => {
    server.put(
      '/v1/permissions',
      {
        config: admins,
        schema: {
          summary:
            'Sets what an agent may do; replaces what was set for the same gateway, connector and action',
          tags,
          body: NewPermission,
          response: { 200: PermissionView },
        },
      },
      async (request) => {
        const { gateway, connector = '*', action, decision } = request.body
        compilePattern(action)
        const id = newId()
        const data = { id, gateway, connector, action, decision }
        const { subject } = await run(request, 'sallyport.permission.set.v1', id, data)
        return viewOf(explicit(made(state().permissions.get(subject))))
      },
    )
    server.get(
      '/v1/permissions',
      {
        config: readers,
        schema: {
          summary: 'What agents may do, built-in permissions included',
          tags,
          querystring: PageQuery,
          response: { 200: ListOf(PermissionView) },
        },
      },
      async ({ query }) => {
        const all = [...[...state().permissions.values()].map(explicit), ...BUILTIN_PERMISSIONS]
        const page = pageOf(all, keyOf, query)
        return { items: page.items.map(viewOf), next: page.next }
      },
    )
    server.delete(
      '/v1/permissions/:id',
      {
        config: admins,
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

const explicit = (record: PermissionRecord): Permission => ({ ...record, origin: 'explicit' })

/** Explicit ones first, then by whom and what they are for. */
function keyOf({ origin, gateway, connector, action, id }: Permission): string {
  return JSON.stringify([origin === 'explicit' ? 0 : 1, gateway, connector, action, id])
}

function viewOf({ id, gateway, connector, action, decision, origin }: Permission) {
  return { id, gateway, connector, action, decision, origin }
}
