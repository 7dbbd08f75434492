import type { Bot, BotLimits, ControlState } from '@sallyport/control'
import { type ApiPlugin, ListOf, PageQuery, pageOf } from '@sallyport/http-api'
import { newId } from '@sallyport/runtime'
import type { Static } from 'typebox'
import { botLimits, stagesOf } from '../../domain/bot-limits.ts'
import { type Commands, made } from '../commands.ts'
import { TokenLost } from '../errors.ts'
import { existingGateway } from '../existing.ts'
import { Gone, NameParams } from '../schemas.ts'
import { existingBot, existingPerson } from './people.ts'
import { BotChange, BotView, BotWithToken, NewBot } from './schemas.ts'
import { giveToken } from './tokens-of.ts'

const tags = ['people']

/** Programs that answer, each within limits. */
export function botRoutes(commands: Commands): ApiPlugin {
  const { state, run } = commands
  const viewOf = (id: string) => botView(state(), made(state().bots.get(id)))
  const limitsOf = (given: Static<typeof BotChange>, before?: BotLimits) =>
    botLimits(given, before, {
      gatewayId: (name) => existingGateway(state(), name).id,
      personId: (name) => existingPerson(state(), name).id,
    })
  return async (server) => {
    server.post(
      '/v1/bots',
      {
        schema: {
          summary: 'Adds a bot with its limits and gives its token, once',
          tags,
          body: NewBot,
          response: { 201: BotWithToken },
        },
      },
      async (request, reply) => {
        const { name, person = null, ...limits } = request.body
        const personId = person === null ? null : existingPerson(state(), person).id
        const facts = { id: newId(), name, personId, limits: limitsOf(limits) }
        const done = await run(request, 'sallyport.bot.added.v1', name, facts)
        if (done.repeated) throw new TokenLost()
        const { subject: id } = done
        const token = await giveToken(commands, request, { type: 'bot', id, name })
        return reply.code(201).send({ ...viewOf(id), token })
      },
    )
    server.get(
      '/v1/bots',
      {
        schema: {
          summary: 'The bots, by name',
          tags,
          querystring: PageQuery,
          response: { 200: ListOf(BotView) },
        },
      },
      async ({ query }) => {
        const page = pageOf(state().bots.values(), ({ name }) => name, query)
        return { items: page.items.map((bot) => botView(state(), bot)), next: page.next }
      },
    )
    server.patch(
      '/v1/bots/:name',
      {
        schema: {
          summary: 'Sets the limits that are given; the rest stays',
          tags,
          params: NameParams,
          body: BotChange,
          response: { 200: BotView },
        },
      },
      async (request) => {
        const { id, name, personId, limits } = existingBot(state(), request.params.name)
        const facts = { id, name, personId, limits: limitsOf(request.body, limits) }
        await run(request, 'sallyport.bot.changed.v1', name, facts)
        return viewOf(id)
      },
    )
    server.post(
      '/v1/bots/:name/rotate',
      {
        schema: {
          summary: 'Gives the bot a new token; the old one ends at once',
          tags,
          params: NameParams,
          response: { 200: BotWithToken },
        },
      },
      async (request) => {
        const { id, name } = existingBot(state(), request.params.name)
        const token = await giveToken(commands, request, { type: 'bot', id, name })
        return { ...viewOf(id), token }
      },
    )
    server.delete(
      '/v1/bots/:name',
      {
        schema: {
          summary: 'Removes the bot; its token ends at once',
          tags,
          params: NameParams,
          response: { 204: Gone },
        },
      },
      async (request, reply) => {
        const { id, name } = existingBot(state(), request.params.name)
        await run(request, 'sallyport.bot.removed.v1', name, { id, name })
        return reply.code(204).send(null)
      },
    )
  }
}

function botView({ persons, gateways }: ControlState, { id, name, personId, limits, createdAt }: Bot) {
  const { risk, perMinute, advisory } = limits
  const names = new Map([...gateways.values()].map((gateway) => [gateway.id, gateway.name]))
  return {
    id,
    name,
    person: personId === null ? null : (persons.get(personId)?.name ?? null),
    gateways: limits.gateways?.map((gateway) => names.get(gateway) ?? gateway) ?? null,
    risk,
    perMinute,
    stages: stagesOf(limits),
    advisory,
    createdAt,
  }
}
