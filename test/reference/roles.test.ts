import { type DataOf, type EventType, newEvent } from '@sallyport/events'
import { ROUTE_ROLES } from '@sallyport/http-api'
import { newId, tokenHash } from '@sallyport/runtime'
import { afterAll, expect, test } from 'vitest'
import { wholeApi } from './whole-api.ts'

const ROLES = ['owner', 'admin', 'approver', 'analyst', 'viewer'] as const
const HOLDERS = [...ROLES, 'bot', 'nobody'] as const
const NO_LIMITS = { gateways: null, risk: null, perMinute: null, stages: null, advisory: false }
const BY = { actor: { type: 'system', name: 'test' }, idempotencyKey: null } as const

const { api, control, publisher, close } = wholeApi()
afterAll(close)

interface Route {
  readonly method: 'GET'
  readonly url: string
  readonly isPublic: boolean
}

const routes: Route[] = []
api.addHook('onRoute', ({ method, url, config }) => {
  for (const one of [method].flat())
    routes.push({ method: one as 'GET', url, isPublic: config?.public === true })
})
// Behind the check of the roles: whoever comes so far is told so, and nothing is done.
api.addHook('onRequest', async (_request, reply) => reply.code(299).send(''))
await issueTokens()
await api.ready()
const asking = routes.filter(({ isPublic }) => !isPublic)

test('every route that asks for a token is in the table, and the table has no other', () => {
  expect(asking.map(({ method, url }) => `${method} ${url}`).sort()).toEqual(Object.keys(ROUTE_ROLES).sort())
  expect(asking.length).toBeGreaterThan(40)
})

test.each(asking)(
  '$method $url is reached by the roles that the table says, and by no other',
  async (route) => {
    const { method, url } = route
    const reached: string[] = []
    for (const holder of HOLDERS) {
      const answer = await api.inject({
        method,
        url: url.replaceAll(/:\w+/g, 'something'),
        headers: { authorization: `Bearer ${tokenOf(holder)}` },
      })
      expect([299, holder === 'nobody' ? 401 : 403]).toContain(answer.statusCode)
      if (answer.statusCode === 299) reached.push(holder)
    }
    expect(reached.sort()).toEqual([...(ROUTE_ROLES[`${method} ${url}`] ?? [])].sort())
  },
)

/** A person of each role, and a bot. */
async function issueTokens(): Promise<void> {
  for (const role of ROLES) {
    const facts = { email: null, groups: [], roles: [role], identity: null }
    await publish('sallyport.person.added.v1', { ...BY, id: role, name: role, ...facts })
    await issue(role, 'person')
  }
  await publish('sallyport.bot.added.v1', {
    ...BY,
    id: 'bot',
    name: 'bot',
    personId: null,
    limits: NO_LIMITS,
  })
  await issue('bot', 'bot')
  await control.fresh()
}

function issue(id: string, type: 'person' | 'bot') {
  const data = { ...BY, id: newId(), name: `${type}:${id}`, scope: null, tokenHash: tokenHash(tokenOf(id)) }
  return publish('sallyport.token.issued.v2', { ...data, holder: { type, id } })
}

function publish<T extends EventType>(type: T, data: DataOf<T>) {
  const draft = { type, source: '/decision', subject: 'test', tenant: 'default', key: 'default', data }
  return publisher.publish(newEvent(draft, new Date()))
}

function tokenOf(holder: string): string {
  return `${holder}-${'x'.repeat(40)}`
}
