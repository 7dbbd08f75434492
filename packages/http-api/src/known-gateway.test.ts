import { startControlView } from '@sallyport/control'
import { createPublisher, memoryEventLog } from '@sallyport/event-log'
import { newEvent } from '@sallyport/events'
import { silentLogger, tokenHash } from '@sallyport/runtime'
import { Type } from 'typebox'
import { expect, onTestFinished, test } from 'vitest'
import type { ApiPlugin } from './api-plugin.ts'
import { createApiServer } from './api-server.ts'
import { forEverybody } from './testing/for-everybody.ts'

const actor = { type: 'system', name: 'test' } as const
const AT = new Date('2026-11-21T12:00:00.000Z')

const plugin: ApiPlugin = async (server) => {
  const querystring = Type.Object({ gateway: Type.Optional(Type.String()) })
  server.get('/v1/things', { config: { knownGateway: true }, schema: { querystring } }, async () => ({
    items: [],
  }))
}

async function startServer() {
  const log = memoryEventLog()
  const publisher = createPublisher({ log, producer: 'decision/1' })
  const draft = { source: '/decision', subject: 'a', tenant: 'default', key: 'default' } as const
  const common = { actor, idempotencyKey: null }
  const control = startControlView({ log })
  await publisher.publish(
    newEvent(
      {
        ...draft,
        type: 'sallyport.token.issued.v2',
        data: {
          ...common,
          id: 't',
          name: 'ann',
          scope: 'analyst',
          tokenHash: tokenHash('ann'),
          holder: null,
        },
      },
      AT,
    ),
  )
  await control.fresh()
  const options = {
    title: 't',
    version: '1',
    plugins: [plugin],
    roles: forEverybody('GET /v1/things'),
    health: {},
    clock: () => AT,
    logger: silentLogger,
  }
  const server = await createApiServer({ ...options, control })
  onTestFinished(async () => {
    await server.close()
    await control.stop()
  })
  return {
    add: (name: string) =>
      publisher.publish(
        newEvent(
          {
            ...draft,
            type: 'sallyport.gateway.added.v1',
            data: { ...common, id: name, name, tokenHash: tokenHash(name) },
          },
          AT,
        ),
      ),
    revoke: (name: string) =>
      publisher.publish(
        newEvent({ ...draft, type: 'sallyport.gateway.revoked.v1', data: { ...common, name } }, AT),
      ),
    ask: (query: string) =>
      server.inject({ url: `/v1/things${query}`, headers: { authorization: 'Bearer ann' } }),
  }
}

test('a filter by a gateway that never was is refused with the names of those that are', async () => {
  const { add, ask } = await startServer()
  await add('code-agent')
  const answer = await ask('?gateway=code-agnet')
  expect(answer.statusCode).toBe(404)
  expect(answer.json()).toMatchObject({
    code: 'SP_GATEWAY_NOT_REGISTERED',
    detail: 'there is no gateway code-agnet; did you mean code-agent? What exists: code-agent',
  })
})

test('a gateway that was added a moment ago, or revoked, has a record', async () => {
  const { add, revoke, ask } = await startServer()
  await add('code-agent')
  expect((await ask('?gateway=code-agent')).statusCode).toBe(200)
  await revoke('code-agent')
  expect((await ask('?gateway=code-agent')).statusCode).toBe(200)
})

test.each(['', '?gateway=*'])('a list of all gateways is not refused: %j', async (query) => {
  const { ask } = await startServer()
  expect((await ask(query)).statusCode).toBe(200)
})
