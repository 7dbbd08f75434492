import type { ApiToken, ControlState } from '@sallyport/control'
import { newId, newToken, tokenHash } from '@sallyport/runtime'
import type { FastifyRequest } from 'fastify'
import type { Commands } from '../commands.ts'
import { TokenLost } from '../errors.ts'

type Holder = NonNullable<ApiToken['holder']>

/** Issues a token of a person or bot, in place of the one that they have, and gives its text. */
export async function giveToken(
  { state, run }: Commands,
  request: FastifyRequest,
  { type, id, name }: Holder & { readonly name: string },
): Promise<string> {
  const token = newToken('sp_api_')
  const own = `${type}:${name}`
  if (isInForce(state(), own)) await run(request, 'sallyport.token.revoked.v1', own, { name: own }, 'revoke')
  const data = { id: newId(), name: own, scope: null, tokenHash: tokenHash(token), holder: { type, id } }
  const done = await run(request, 'sallyport.token.issued.v2', own, data, 'issue')
  if (done.repeated) throw new TokenLost()
  return token
}

function isInForce({ tokens }: ControlState, name: string): boolean {
  return tokens.get(name)?.revokedAt === null
}
