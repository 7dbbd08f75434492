import { type ControlState, type Person, personDigest } from '@sallyport/control'
import { type ApiPlugin, Conflict, ListOf, PageQuery, pageOf } from '@sallyport/http-api'
import { newId } from '@sallyport/runtime'
import { type Commands, made } from '../commands.ts'
import { TokenLost } from '../errors.ts'
import { existingGateway } from '../existing.ts'
import { Gone, NameParams } from '../schemas.ts'
import { existingPerson } from './people.ts'
import { NewPerson, PersonChange, PersonView, PersonWithToken } from './schemas.ts'
import { giveToken } from './tokens-of.ts'

const tags = ['people']
/** How often a change is made anew because somebody else was faster. */
const MOST_TRIES = 10

/** Persons: who they are, what they may do, and their tokens. */
export function personRoutes(commands: Commands): ApiPlugin {
  const { state, run } = commands
  const viewOf = (id: string) => personView(state(), made(state().persons.get(id)))
  return async (server) => {
    server.post(
      '/v1/persons',
      {
        schema: {
          summary: 'Adds a person and gives their token, once',
          tags,
          body: NewPerson,
          response: { 201: PersonWithToken },
        },
      },
      async (request, reply) => {
        const { name, email = null, groups = [], identity = null, ownerOf = [] } = request.body
        const { roles = ['approver'], token: wantsToken = true } = request.body
        const owned = ownerOf.map((gateway) => existingGateway(state(), gateway))
        const facts = { id: newId(), name, email, groups, roles, identity }
        const done = await run(request, 'sallyport.person.added.v1', name, facts)
        if (done.repeated) throw new TokenLost()
        const { subject: id } = done
        for (const gateway of owned) {
          const data = { id: gateway.id, name: gateway.name, ownerId: id, ownerName: name }
          await run(request, 'sallyport.gateway.owner_set.v1', gateway.name, data, gateway.id)
        }
        const token = wantsToken ? await giveToken(commands, request, { type: 'person', id, name }) : null
        return reply.code(201).send({ ...viewOf(id), token })
      },
    )
    server.get(
      '/v1/persons',
      {
        schema: {
          summary: 'The persons, by name',
          tags,
          querystring: PageQuery,
          response: { 200: ListOf(PersonView) },
        },
      },
      async ({ query }) => {
        const page = pageOf(state().persons.values(), ({ name }) => name, query)
        return { items: page.items.map((person) => personView(state(), person)), next: page.next }
      },
    )
    server.get(
      '/v1/persons/:name',
      { schema: { summary: 'One person', tags, params: NameParams, response: { 200: PersonView } } },
      async ({ params }) => personView(state(), existingPerson(state(), params.name)),
    )
    server.patch(
      '/v1/persons/:name',
      {
        schema: {
          summary: 'Sets what is given of a person; the rest stays',
          tags,
          params: NameParams,
          body: PersonChange,
          response: { 200: PersonView },
        },
      },
      async (request) => {
        for (let tries = MOST_TRIES; ; tries -= 1) {
          const { createdAt: _, ...person } = existingPerson(state(), request.params.name)
          const basedOn = personDigest(person)
          const copied = { ...person, groups: [...person.groups], roles: [...person.roles] }
          const facts = { ...copied, ...request.body, basedOn }
          try {
            await run(request, 'sallyport.person.changed.v1', person.name, facts)
            return viewOf(person.id)
          } catch (fault) {
            const now = state().persons.get(person.id)
            const changedMeanwhile = now !== undefined && personDigest(now) !== basedOn
            if (!(fault instanceof Conflict) || !changedMeanwhile || tries === 1) throw fault
          }
        }
      },
    )
    server.post(
      '/v1/persons/:name/rotate',
      {
        schema: {
          summary: 'Gives the person a new token; the old one ends at once',
          tags,
          params: NameParams,
          response: { 200: PersonWithToken },
        },
      },
      async (request) => {
        const { id, name } = existingPerson(state(), request.params.name)
        const token = await giveToken(commands, request, { type: 'person', id, name })
        return { ...viewOf(id), token }
      },
    )
    server.delete(
      '/v1/persons/:name',
      {
        schema: {
          summary: 'Removes the person; their tokens, sessions and bots end at once',
          tags,
          params: NameParams,
          response: { 204: Gone },
        },
      },
      async (request, reply) => {
        const { id, name } = existingPerson(state(), request.params.name)
        await run(request, 'sallyport.person.removed.v1', name, { id, name })
        return reply.code(204).send(null)
      },
    )
  }
}

function personView({ gateways }: ControlState, person: Person) {
  const { id, name, email, groups, roles, identity, createdAt } = person
  const owned = [...gateways.values()].filter(
    ({ ownerId, revokedAt }) => ownerId === id && revokedAt === null,
  )
  const ownerOf = owned.map((gateway) => gateway.name)
  return { id, name, email, groups: [...groups], roles: [...roles], identity, ownerOf, createdAt }
}
