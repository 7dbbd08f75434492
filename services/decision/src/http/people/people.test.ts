import { describe, expect, it } from 'vitest'
import { addGateway, ask, type Instance, logWithTokens, startInstance } from '../../testing/instance.ts'

const instanceOf = async () => startInstance(await logWithTokens())

async function add(instance: Instance, thing: 'persons' | 'bots', body: object) {
  const answer = await ask(instance, 'POST', `/v1/${thing}`, body)
  expect(answer.body).not.toHaveProperty('detail')
  expect(answer.status).toBe(201)
  return answer.body
}
const isKnown = ({ control }: Instance, token: string) => control.authenticateApi(token) !== undefined

describe('a person', () => {
  it('is added with groups, roles and a token, which is shown nowhere else', async () => {
    const instance = await instanceOf()
    const body = { name: 'dana', groups: ['sre', 'finance'], email: 'dana@example.com' }
    const { token, ...dana } = await add(instance, 'persons', body)
    expect(token).toMatch(/^sp_api_[\w-]{43}$/)
    expect(dana).toMatchObject({ ...body, roles: ['approver'], identity: null, ownerOf: [] })
    const { body: list } = await ask(instance, 'GET', '/v1/persons')
    expect(list).toEqual({ items: [dana], next: null })
    expect((await ask(instance, 'GET', '/v1/persons/dana', undefined, { token })).body).toEqual(dana)
  })

  it('reaches what the roles say, from the moment that they are set', async () => {
    const instance = await instanceOf()
    const { token } = await add(instance, 'persons', { name: 'dana', roles: ['viewer'] })
    const kill = () => ask(instance, 'PUT', '/v1/kill-switch', { scope: 'global', on: true }, { token })
    expect((await kill()).status).toBe(403)
    await ask(instance, 'PATCH', '/v1/persons/dana', { roles: ['admin'] })
    expect((await kill()).status).toBe(200)
    expect((await ask(instance, 'PATCH', '/v1/persons/dana', { roles: ['owner'] }, { token })).status).toBe(
      403,
    )
    await ask(instance, 'PATCH', '/v1/persons/dana', { roles: [] })
    expect((await kill()).status).toBe(403)
  })

  it('keeps what a change does not name', async () => {
    const instance = await instanceOf()
    const identity = { issuer: 'https://login.example', subject: '42' }
    await add(instance, 'persons', { name: 'dana', groups: ['sre'], identity })
    const { body } = await ask(instance, 'PATCH', '/v1/persons/dana', { groups: ['finance'] })
    expect(body).toMatchObject({ groups: ['finance'], roles: ['approver'], identity })
    const none = await ask(instance, 'PATCH', '/v1/persons/dana', { identity: null })
    expect(none.body).toMatchObject({ groups: ['finance'], identity: null })
  })

  it('is changed by several at once, at several processes, and no change is lost', async () => {
    const log = await logWithTokens()
    const [one, two] = [await startInstance(log), await startInstance(log)]
    await add(one, 'persons', { name: 'dana', groups: ['sre'] })
    await two.control.fresh()
    const changes = [{ groups: ['finance'] }, { roles: ['analyst'] }, { email: 'dana@example.com' }]
    const answers = await Promise.all(
      changes.map((change, at) => ask(at % 2 === 0 ? one : two, 'PATCH', '/v1/persons/dana', change)),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    await one.control.fresh()
    const { body } = await ask(one, 'GET', '/v1/persons/dana')
    expect(body).toMatchObject({ groups: ['finance'], roles: ['analyst'], email: 'dana@example.com' })
  })

  it('that has the identity of another is a conflict', async () => {
    const instance = await instanceOf()
    const identity = { issuer: 'https://login.example', subject: '42' }
    await add(instance, 'persons', { name: 'dana', identity })
    const { status, body } = await ask(instance, 'POST', '/v1/persons', { name: 'omar', identity })
    expect(status).toBe(409)
    expect(body.detail).toContain('dana')
  })

  it('who is removed is unknown at once, and so are their bots; a namesake inherits nothing', async () => {
    const instance = await instanceOf()
    await addGateway(instance)
    const first = await add(instance, 'persons', { name: 'dana', groups: ['sre'], ownerOf: ['code-agent'] })
    const bot = await add(instance, 'bots', { name: 'ci', person: 'dana' })
    expect((await ask(instance, 'DELETE', '/v1/persons/dana')).status).toBe(204)
    expect(isKnown(instance, first.token)).toBe(false)
    expect(isKnown(instance, bot.token)).toBe(false)
    const second = await add(instance, 'persons', { name: 'dana' })
    expect(second).toMatchObject({ groups: [], ownerOf: [] })
    expect(second.id).not.toBe(first.id)
    expect(isKnown(instance, second.token)).toBe(true)
    expect((await ask(instance, 'GET', '/v1/gateways')).body.items[0]).toMatchObject({
      owner: { id: first.id, name: null },
    })
  })

  it('gets another token in place of the one before', async () => {
    const instance = await instanceOf()
    const before = await add(instance, 'persons', { name: 'dana' })
    const { body } = await ask(instance, 'POST', '/v1/persons/dana/rotate')
    expect(isKnown(instance, before.token)).toBe(false)
    expect(isKnown(instance, body.token)).toBe(true)
  })

  it('who signs in alone has no token', async () => {
    const instance = await instanceOf()
    expect(await add(instance, 'persons', { name: 'dana', token: false })).toMatchObject({ token: null })
    expect([...instance.control.state().tokens.keys()]).not.toContain('person:dana')
  })

  it('that is added again with its idempotency key is one person, whose token is not shown again', async () => {
    const log = await logWithTokens()
    const [instance, other] = [await startInstance(log), await startInstance(log)]
    const send = (to: Instance) => ask(to, 'POST', '/v1/persons', { name: 'dana' }, { key: 'k' })
    expect((await send(instance)).status).toBe(201)
    expect(await send(other)).toMatchObject({ status: 409, body: { code: 'SP_TOKEN_SHOWN_ONCE' } })
    expect(instance.control.state().persons.size).toBe(1)
  })

  it.each([
    [{ name: 'Dana' }],
    [{ name: 'dana', roles: ['boss'] }],
    [{ name: 'dana', groups: ['a', 'a'] }],
    [{ name: 'dana', email: 'nowhere' }],
    [{ name: 'dana', identity: { issuer: 'https://login.example' } }],
  ])('%j is refused', async (body) => {
    expect((await ask(await instanceOf(), 'POST', '/v1/persons', body)).status).toBe(400)
  })

  it('that is mistyped is not found, and the nearest is named', async () => {
    const instance = await instanceOf()
    await add(instance, 'persons', { name: 'dana' })
    for (const [method, path] of [
      ['GET', '/v1/persons/dna'],
      ['PATCH', '/v1/persons/dna'],
      ['DELETE', '/v1/persons/dna'],
    ] as const) {
      const { status, body } = await ask(instance, method, path, method === 'PATCH' ? {} : undefined)
      expect(status).toBe(404)
      expect(body.detail).toContain('did you mean dana?')
    }
    expect((await ask(instance, 'POST', '/v1/bots', { name: 'ci', person: 'dna' })).status).toBe(404)
    const owner = await ask(instance, 'POST', '/v1/gateways', { name: 'g', owner: 'dna' })
    expect(owner.status).toBe(404)
    expect(instance.control.state().gateways.size).toBe(0)
  })
})

describe('a bot', () => {
  it('is added with its limits and a token', async () => {
    const instance = await instanceOf()
    await addGateway(instance)
    await add(instance, 'persons', { name: 'dana', groups: ['sre'] })
    const limits = {
      gateways: ['code-agent'],
      risk: 'low',
      perMinute: 5,
      stages: 'group:sre or person:dana or role:approver',
      advisory: true,
    }
    const { token, ...bot } = await add(instance, 'bots', { name: 'ci', person: 'dana', ...limits })
    expect(bot).toMatchObject({ name: 'ci', person: 'dana', ...limits })
    expect(isKnown(instance, token)).toBe(true)
    const [known] = [...instance.control.state().bots.values()]
    expect(known?.limits.stages?.[1]?.id).toBe([...instance.control.state().persons.keys()][0])
    expect((await ask(instance, 'GET', '/v1/bots')).body.items).toEqual([bot])
    const changed = await ask(instance, 'PATCH', '/v1/bots/ci', { risk: null, advisory: false })
    expect(changed.body).toMatchObject({ ...limits, risk: null, advisory: false })
  })

  it('has no limits unless they are said, and no person', async () => {
    const none = { person: null, gateways: null, risk: null, perMinute: null, stages: null, advisory: false }
    expect(await add(await instanceOf(), 'bots', { name: 'ci' })).toMatchObject(none)
  })

  it('that is removed is unknown at once', async () => {
    const instance = await instanceOf()
    const { token } = await add(instance, 'bots', { name: 'ci' })
    expect((await ask(instance, 'DELETE', '/v1/bots/ci')).status).toBe(204)
    expect(isKnown(instance, token)).toBe(false)
    expect((await ask(instance, 'DELETE', '/v1/bots/ci')).status).toBe(404)
  })

  it.each([
    [{ gateways: ['nobody'] }, 404],
    [{ stages: 'person:nobody' }, 404],
    [{ stages: 'everyone' }, 400],
    [{ stages: 'role:boss' }, 400],
    [{ risk: 'huge' }, 400],
    [{ perMinute: 0 }, 400],
  ])('with the limit %j is refused', async (limit, status) => {
    expect((await ask(await instanceOf(), 'POST', '/v1/bots', { name: 'ci', ...limit })).status).toBe(status)
  })
})

describe('a group', () => {
  it('has the persons who are in it, and says which of them can answer', async () => {
    const instance = await instanceOf()
    await add(instance, 'persons', { name: 'omar', groups: ['sre'], roles: ['analyst'] })
    await add(instance, 'persons', { name: 'dana', groups: ['finance', 'sre'] })
    expect((await ask(instance, 'GET', '/v1/groups')).body.items).toEqual([
      { name: 'finance', members: ['dana'], answerers: ['dana'], permissions: 0 },
      { name: 'sre', members: ['dana', 'omar'], answerers: ['dana'], permissions: 0 },
    ])
  })

  it('that a permission names is there also where nobody is in it', async () => {
    const instance = await instanceOf()
    await addGateway(instance)
    await ask(instance, 'PUT', '/v1/permissions', {
      ...{ gateway: 'code-agent', action: 'mcp.tools.pay_*', decision: 'require_approval' },
      approval: { stages: '1 of group:finance then 1 of group:security' },
    })
    const empty = { members: [], answerers: [], permissions: 1 }
    expect((await ask(instance, 'GET', '/v1/groups')).body.items).toEqual([
      { name: 'finance', ...empty },
      { name: 'security', ...empty },
    ])
  })
})

describe('the owner of a gateway', () => {
  it('is said when it is added, and set later', async () => {
    const instance = await instanceOf()
    await add(instance, 'persons', { name: 'dana' })
    const { body } = await ask(instance, 'POST', '/v1/gateways', { name: 'code-agent', owner: 'dana' })
    expect(body).toMatchObject({ owner: { name: 'dana' } })
    expect((await ask(instance, 'GET', '/v1/persons/dana')).body).toMatchObject({ ownerOf: ['code-agent'] })
    const none = await ask(instance, 'PUT', '/v1/gateways/code-agent/owner', { owner: null })
    expect(none.body).toMatchObject({ owner: null })
  })

  it('cannot take themselves off it, and an owner of the installation can', async () => {
    const instance = await instanceOf()
    const { token } = await add(instance, 'persons', { name: 'dana', roles: ['admin'] })
    await ask(instance, 'POST', '/v1/gateways', { name: 'code-agent', owner: 'dana' })
    const give = (by: object) => ask(instance, 'PUT', '/v1/gateways/code-agent/owner', { owner: null }, by)
    expect(await give({ token })).toMatchObject({ status: 403, body: { code: 'SP_GATEWAY_OWN' } })
    expect((await give({})).status).toBe(200)
  })
})

it('a token of a person is ended by its name, and the person stays', async () => {
  const instance = await instanceOf()
  const { token } = await add(instance, 'persons', { name: 'dana' })
  expect((await ask(instance, 'DELETE', '/v1/tokens/person:dana')).status).toBe(204)
  expect(isKnown(instance, token)).toBe(false)
  expect(instance.control.state().persons.size).toBe(1)
})
