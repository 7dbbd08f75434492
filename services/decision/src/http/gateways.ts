import type { Gateway } from '@sallyport/control'
import { type ApiPlugin, ListOf, PageQuery, pageOf } from '@sallyport/http-api'
import { newId, newToken, tokenHash } from '@sallyport/runtime'
import { Type } from 'typebox'
import { checkIssuer } from '../domain/usable-issuer.ts'
import { type Commands, made } from './commands.ts'
import { TokenLost } from './errors.ts'
import { existingGateway } from './existing.ts'
import { GatewayView, GatewayWithToken, Gone, Issuers, Name, NameParams } from './schemas.ts'

const tags = ['gateways']

/** Governed agents and their tokens. */
export function gatewayRoutes({ state, run }: Commands): ApiPlugin {
  const byName = (name: string) => made(state().gateways.get(name))
  return async (server) => {
    server.post(
      '/v1/gateways',
      {
        schema: {
          summary: 'Adds an agent and gives its token, once',
          tags,
          body: Type.Object({ name: Name, issuers: Type.Optional(Issuers) }, { additionalProperties: false }),
          response: { 201: GatewayWithToken },
        },
      },
      async (request, reply) => {
        const { name, issuers = [] } = request.body
        issuers.forEach(checkIssuer)
        const token = newToken('sp_gw_')
        const data = { id: newId(), name, tokenHash: tokenHash(token), issuers }
        const done = await run(request, 'sallyport.gateway.added.v1', name, data)
        if (done.repeated) throw new TokenLost()
        return reply.code(201).send({ ...viewOf(byName(name)), token })
      },
    )
    server.get(
      '/v1/gateways',
      {
        schema: {
          summary: 'The agents, by name',
          tags,
          querystring: PageQuery,
          response: { 200: ListOf(GatewayView) },
        },
      },
      async ({ query }) => {
        const page = pageOf(state().gateways.values(), (gateway) => gateway.name, query)
        return { items: page.items.map(viewOf), next: page.next }
      },
    )
    server.post(
      '/v1/gateways/:name/rotate',
      {
        schema: {
          summary: 'Gives the agent a new token; the old one ends at once',
          tags,
          params: NameParams,
          response: { 200: GatewayWithToken },
        },
      },
      async (request) => {
        const { name } = request.params
        const token = newToken('sp_gw_')
        const data = { name, tokenHash: tokenHash(token) }
        const done = await run(request, 'sallyport.gateway.token_rotated.v1', name, data)
        if (done.repeated) throw new TokenLost()
        return { ...viewOf(byName(name)), token }
      },
    )
    server.put(
      '/v1/gateways/:name/issuers',
      {
        schema: {
          summary:
            'Sets the trusted issuers whose access tokens may name the agent, in place of those before',
          tags,
          params: NameParams,
          body: Type.Object({ issuers: Issuers }, { additionalProperties: false }),
          response: { 200: GatewayView },
        },
      },
      async (request) => {
        const { issuers } = request.body
        issuers.forEach(checkIssuer)
        const { id, name } = existingGateway(state(), request.params.name)
        await run(request, 'sallyport.gateway.issuers_set.v1', name, { id, name, issuers })
        return viewOf(byName(name))
      },
    )
    server.delete(
      '/v1/gateways/:name',
      {
        schema: {
          summary: 'Ends the agent and its token',
          tags,
          params: NameParams,
          response: { 204: Gone },
        },
      },
      async (request, reply) => {
        const { name } = request.params
        await run(request, 'sallyport.gateway.revoked.v1', name, { name })
        return reply.code(204).send(null)
      },
    )
  }
}

/** Everything but the token's hash. */
function viewOf({ id, name, issuers, createdAt, revokedAt }: Gateway) {
  return { id, name, issuers: [...issuers], createdAt, revokedAt }
}
