import type { ControlView } from '@sallyport/control'
import { createApiServer } from '@sallyport/http-api'
import { silentLogger } from '@sallyport/runtime'
import type { Instance } from './instance.ts'
import type { ManualTime } from './manual-time.ts'

/** Tokens by name, of the scope they are named after up to the dash; the token is the name itself. */
function controlOf(names: readonly string[]): ControlView {
  return {
    state: () => {
      throw new Error('not needed here')
    },
    authenticateGateway: () => undefined,
    authenticateApi(token) {
      if (!names.includes(token)) return undefined
      const scope = SCOPES.find((known) => token.startsWith(known)) ?? 'analyst'
      return { id: token, name: token, scope, tokenHash: '', createdAt: '', revokedAt: null }
    },
    onChange: () => () => {},
    fault: () => undefined,
  }
}
const SCOPES = ['admin', 'approver', 'analyst', 'bot'] as const
const TOKENS = ['admin-root', 'approver-dana', 'approver-omar', 'analyst-ann', 'bot-ci']

/** The API of an instance, called through `inject` by the holder of a token. */
export async function apiOf({ service }: Instance, time: ManualTime) {
  const server = await createApiServer({
    title: 'approvals',
    version: '0',
    control: controlOf(TOKENS),
    plugins: [service.routes],
    health: service.health,
    clock: time.clock,
    logger: silentLogger,
  })
  return {
    server,
    as: (token: string) => ({
      async get(url: string) {
        const response = await server.inject({ url, headers: { authorization: `Bearer ${token}` } })
        return { status: response.statusCode, body: response.json() }
      },
      async post(url: string, body?: object, headers: Record<string, string> = {}) {
        const response = await server.inject({
          method: 'POST',
          url,
          headers: { authorization: `Bearer ${token}`, ...headers },
          ...(body ? { body } : {}),
        })
        return { status: response.statusCode, type: response.headers['content-type'], body: response.json() }
      },
    }),
  }
}
