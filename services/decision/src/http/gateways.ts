import { type ControlState, type Gateway, GatewayNotRegistered, type Person } from '@sallyport/control'
import { type ApiPlugin, ListOf, PageQuery, type Principal, pageOf } from '@sallyport/http-api'
import { newId, newToken, tokenHash } from '@sallyport/runtime'
import { Type } from 'typebox'
import { checkIssuer } from '../domain/usable-issuer.ts'
import { type Commands, made } from './commands.ts'
import { OwnGateway, TokenLost } from './errors.ts'
import { existingGateway, namesInForce } from './existing.ts'
import { existingPerson } from './people/people.ts'
import { GatewayView, GatewayWithToken, Gone, Issuers, Name, NameParams, Owner } from './schemas.ts'

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
          body: Type.Object(
            {
              name: Name,
              issuers: Type.Optional(Issuers),
              owner: Type.Optional(Owner),
            },
            { additionalProperties: false },
          ),
          response: { 201: GatewayWithToken },
        },
      },
      async (request, reply) => {
        const { name, issuers = [], owner = null } = request.body
        issuers.forEach(checkIssuer)
        const owned = owner === null ? {} : ownerFacts(existingPerson(state(), owner))
        const token = newToken('sp_gw_')
        const data = { id: newId(), name, tokenHash: tokenHash(token), issuers, ...owned }
        const done = await run(request, 'sallyport.gateway.added.v1', name, data)
        if (done.repeated) throw new TokenLost()
        return reply.code(201).send({ ...viewOf(state(), byName(name)), token })
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
        return { items: page.items.map((gateway) => viewOf(state(), gateway)), next: page.next }
      },
    )
    server.get(
      '/v1/gateways/:name',
      {
        schema: {
          summary: 'One agent, also one that was revoked',
          tags,
          params: NameParams,
          response: { 200: GatewayView },
        },
      },
      async ({ params: { name } }) => {
        const { gateways } = state()
        const gateway = gateways.get(name)
        if (gateway === undefined) throw new GatewayNotRegistered(name, namesInForce(gateways))
        return viewOf(state(), gateway)
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
        return { ...viewOf(state(), byName(name)), token }
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
        return viewOf(state(), byName(name))
      },
    )
    server.put(
      '/v1/gateways/:name/owner',
      {
        schema: {
          summary: 'Sets the person who answers for the agent, and who approves nothing that it asks for',
          tags,
          params: NameParams,
          body: Type.Object({ owner: Owner }, { additionalProperties: false }),
          response: { 200: GatewayView },
        },
      },
      async (request) => {
        const { id, name, ownerId } = existingGateway(state(), request.params.name)
        if (!mayTakeFrom(request.principal, ownerId)) throw new OwnGateway()
        const { owner } = request.body
        const owned = owner === null ? { ownerId: null } : ownerFacts(existingPerson(state(), owner))
        const data = { id, name, ...owned }
        await run(request, 'sallyport.gateway.owner_set.v1', name, data)
        return viewOf(state(), byName(name))
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
/** The name is for whoever reads the record. */
const ownerFacts = ({ id, name }: Person) => ({ ownerId: id, ownerName: name })

function viewOf({ persons }: ControlState, { id, name, issuers, ownerId, createdAt, revokedAt }: Gateway) {
  const owner = ownerId === null ? null : { id: ownerId, name: persons.get(ownerId)?.name ?? null }
  return { id, name, issuers: [...issuers], owner, createdAt, revokedAt }
}

/** Nobody but an owner of the installation takes themselves off a gateway, and could then approve what it asks for. */
function mayTakeFrom({ personId, reach }: Principal, ownerId: string | null): boolean {
  return ownerId === null || ownerId !== personId || reach.includes('owner')
}
