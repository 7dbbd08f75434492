import type { Upstream } from '@sallyport/control'
import { type ApiPlugin, ListOf, PageQuery, pageOf } from '@sallyport/http-api'
import { CONNECTOR_KINDS } from '../domain/connector-kinds.ts'
import { usableCredential } from '../domain/usable-credential.ts'
import { usableTarget } from '../domain/usable-target.ts'
import { type Commands, made } from './commands.ts'
import { ConnectorUnknown, NameReserved } from './errors.ts'
import { Gone, NameParams, NewUpstream, UpstreamView } from './schemas.ts'

const tags = ['connectors']
const readers = { scopes: ['approver', 'analyst', 'bot'] } as const
const admins = { scopes: [] } as const

/** The servers that agents reach through Sallyport. */
export function connectorRoutes({ state, run }: Commands): ApiPlugin {
  return async (server) => {
    server.post(
      '/v1/connectors',
      {
        config: admins,
        schema: { summary: 'Registers a server', tags, body: NewUpstream, response: { 201: UpstreamView } },
      },
      async (request, reply) => {
        const { connector, name, target, credential = null } = request.body
        if (!CONNECTOR_KINDS.has(connector)) throw new ConnectorUnknown()
        if (CONNECTOR_KINDS.has(name)) throw new NameReserved()
        const data = {
          name,
          connector,
          target: usableTarget(target),
          credential: usableCredential(credential, target),
        }
        await run(request, 'sallyport.upstream.added.v1', name, data)
        return reply.code(201).send(viewOf(made(state().upstreams.get(name))))
      },
    )
    server.get(
      '/v1/connectors',
      {
        config: readers,
        schema: {
          summary: 'The servers, by name',
          tags,
          querystring: PageQuery,
          response: { 200: ListOf(UpstreamView) },
        },
      },
      async ({ query }) => {
        const page = pageOf(state().upstreams.values(), (upstream) => upstream.name, query)
        return { items: page.items.map(viewOf), next: page.next }
      },
    )
    server.delete(
      '/v1/connectors/:name',
      {
        config: admins,
        schema: { summary: 'Forgets a server', tags, params: NameParams, response: { 204: Gone } },
      },
      async (request, reply) => {
        const { name } = request.params
        await run(request, 'sallyport.upstream.removed.v1', name, { name })
        return reply.code(204).send(null)
      },
    )
  }
}

function viewOf({ name, connector, target, credential, createdAt }: Upstream) {
  return { name, connector, target, credential, createdAt }
}
