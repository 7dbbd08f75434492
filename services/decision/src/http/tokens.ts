import type { ApiToken } from '@sallyport/control'
import { type ApiPlugin, ListOf, PageQuery, pageOf } from '@sallyport/http-api'
import { newId, newToken, tokenHash } from '@sallyport/runtime'
import { type Commands, made } from './commands.ts'
import { TokenLost } from './errors.ts'
import { Gone, NewToken, TokenParams, TokenView, TokenWithToken } from './schemas.ts'

const tags = ['tokens']

/** People and bots who may use the API. */
export function tokenRoutes({ state, run }: Commands): ApiPlugin {
  return async (server) => {
    server.post(
      '/v1/tokens',
      {
        schema: {
          summary: 'Issues a token and gives it, once',
          tags,
          body: NewToken,
          response: { 201: TokenWithToken },
        },
      },
      async (request, reply) => {
        const { name, scope } = request.body
        const token = newToken('sp_api_')
        const data = { id: newId(), name, scope, tokenHash: tokenHash(token), holder: null }
        const done = await run(request, 'sallyport.token.issued.v2', name, data)
        if (done.repeated) throw new TokenLost()
        return reply.code(201).send({ ...viewOf(made(state().tokens.get(name))), token })
      },
    )
    server.get(
      '/v1/tokens',
      {
        schema: {
          summary: 'The tokens, never their text',
          tags,
          querystring: PageQuery,
          response: { 200: ListOf(TokenView) },
        },
      },
      async ({ query }) => {
        const page = pageOf(state().tokens.values(), (token) => token.name, query)
        return { items: page.items.map(viewOf), next: page.next }
      },
    )
    server.delete(
      '/v1/tokens/:name',
      {
        schema: { summary: 'Ends a token at once', tags, params: TokenParams, response: { 204: Gone } },
      },
      async (request, reply) => {
        const { name } = request.params
        await run(request, 'sallyport.token.revoked.v1', name, { name })
        return reply.code(204).send(null)
      },
    )
  }
}

function viewOf({ id, name, scope, holder, expiresAt, createdAt, revokedAt }: ApiToken) {
  return { id, name, scope, holder, expiresAt, createdAt, revokedAt }
}
