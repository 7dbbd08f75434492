import { randomBytes } from 'node:crypto'
import type { ApiToken, ControlState } from '@sallyport/control'
import {
  type ApiPlugin,
  beginningCookie,
  Conflict,
  endingCookie,
  NotFound,
  type Principal,
} from '@sallyport/http-api'
import { newId, newToken, tokenHash } from '@sallyport/runtime'
import { Type } from 'typebox'
import type { Commands } from '../commands.ts'
import { Gone, Instant } from '../schemas.ts'

const tags = ['session']
const HOUR_MS = 3_600_000

const SessionView = Type.Object({
  name: Type.String(),
  type: Type.Union([Type.Literal('person'), Type.Literal('bot')]),
  personId: Type.Union([Type.String(), Type.Null()]),
  roles: Type.Array(Type.String()),
  groups: Type.Array(Type.String()),
  expiresAt: Type.Union([Instant, Type.Null()], { description: 'of a session; a token has no end' }),
})

/** Sessions of browsers: a token of their own, in a cookie that no script reads, and that ends soon. */
export function sessionRoutes({ state, run }: Commands, clock: () => Date, hours: number): ApiPlugin {
  return async (server) => {
    server.post(
      '/v1/session',
      {
        schema: {
          summary: 'Begins a session with the token of the request; the answer sets its cookie',
          tags,
          response: { 201: SessionView },
        },
      },
      async (request, reply) => {
        const { principal } = request
        const parent = tokenOf(state(), principal)
        if (principal.isSession) throw new Conflict('this is a session already')
        const token = newToken('sp_ses_')
        const name = `${parent.name}:${randomBytes(4).toString('hex')}`
        const expiresAt = new Date(clock().getTime() + hours * HOUR_MS).toISOString()
        const { id: parentId, scope, holder } = parent
        const facts = { id: newId(), name, scope, tokenHash: tokenHash(token), holder, expiresAt, parentId }
        await run(request, 'sallyport.token.issued.v2', name, facts, name)
        reply.header('set-cookie', beginningCookie(request.headers, token, hours * HOUR_MS))
        return reply.code(201).send({ ...viewOf(principal), expiresAt })
      },
    )
    server.get(
      '/v1/session',
      { schema: { summary: 'Who makes the request', tags, response: { 200: SessionView } } },
      async ({ principal }) => ({
        ...viewOf(principal),
        expiresAt: tokenOf(state(), principal).expiresAt,
      }),
    )
    server.delete(
      '/v1/session',
      {
        schema: {
          summary: 'Signs out: ends the session, everywhere and at once',
          tags,
          response: { 204: Gone },
        },
      },
      async (request, reply) => {
        const { name } = tokenOf(state(), request.principal)
        if (request.principal.isSession) await run(request, 'sallyport.token.revoked.v1', name, { name })
        reply.header('set-cookie', endingCookie(request.headers))
        return reply.code(204).send(null)
      },
    )
  }
}

function tokenOf({ tokens }: ControlState, { tokenId }: Principal): ApiToken {
  const token = [...tokens.values()].find(({ id }) => id === tokenId)
  if (token === undefined) throw new NotFound('the token has ended')
  return token
}

function viewOf({ name, type, personId, reach, groups }: Principal) {
  return { name, type, personId, roles: [...reach], groups: [...groups] }
}
