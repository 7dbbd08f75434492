import { startControlView } from '@sallyport/control'
import { createPublisher, type EventLog } from '@sallyport/event-log'
import { newEvent } from '@sallyport/events'
import { createApiServer } from '@sallyport/http-api'
import { newId, silentLogger, tokenHash } from '@sallyport/runtime'
import { onTestFinished } from 'vitest'
import type { Instance } from './instance.ts'
import type { ManualTime } from './manual-time.ts'

/** Whose scope is the name up to the dash. The token of each is the name itself. */
const PEOPLE = ['admin-root', 'approver-dana', 'approver-omar', 'analyst-ann', 'bot-ci']

/** The API of an instance, called through `inject` by the holder of a token: of PEOPLE, or one of `more`. */
export async function apiOf({ log, service }: Instance, time: ManualTime, more: readonly string[] = []) {
  await issueTokens(log, time.clock(), more)
  const control = startControlView({ log })
  await control.caughtUp
  const server = await createApiServer({
    title: 'approvals',
    version: '0',
    control,
    plugins: [service.routes],
    health: service.health,
    clock: time.clock,
    logger: silentLogger,
  })
  onTestFinished(async () => {
    await server.close()
    await control.stop()
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

/** Writes the tokens of PEOPLE to the log, and the gateway whose calls are held. */
export async function issueTokens(log: EventLog, at: Date, more: readonly string[] = []): Promise<void> {
  const publisher = createPublisher({ log, producer: `decision/${newId()}` })
  await publisher.publish(
    newEvent(
      {
        type: 'sallyport.gateway.added.v1',
        source: '/decision',
        subject: 'gw-1',
        tenant: 'default',
        key: 'default',
        data: {
          actor: { type: 'system', name: 'test' },
          idempotencyKey: null,
          id: 'gw-1',
          name: 'code-agent',
          tokenHash: tokenHash('code-agent'),
        },
      },
      at,
    ),
  )
  await Promise.all(
    [...PEOPLE, ...more].map((name) => {
      const scope = (['admin', 'approver', 'analyst', 'bot'] as const).find((known) => name.startsWith(known))
      const actor = { type: 'system', name: 'test' } as const
      const data = {
        actor,
        idempotencyKey: null,
        id: name,
        name,
        scope: scope ?? 'analyst',
        tokenHash: tokenHash(name),
        holder: null,
      }
      const draft = { source: '/decision', subject: name, tenant: 'default', key: 'default', data } as const
      return publisher.publish(newEvent({ type: 'sallyport.token.issued.v2', ...draft }, at))
    }),
  )
}
