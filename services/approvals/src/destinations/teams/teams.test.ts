import { readConfig } from '@sallyport/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { deadLettersOf } from '../../testing/dead-letters.ts'
import { editTitle } from '../../testing/edited.ts'
import { MINUTE } from '../../testing/instance.ts'
import { click, startTeamsServer, type TokenFaults } from '../../testing/teams-server.ts'
import { oneOfEach, personOf, startToldWorld } from '../../testing/told-world.ts'
import { destinationsSpec } from '../destinations-config.ts'

const USERS = {
  dana: 'aaaaaaaa-0000-4000-8000-000000000001',
  ann: 'aaaaaaaa-0000-4000-8000-000000000002',
  gone: 'aaaaaaaa-0000-4000-8000-000000000003',
  other: 'aaaaaaaa-0000-4000-8000-000000000009',
}
const dana = personOf('dana')
const ROOM = '19:room@thread.tacv2'

async function startWorld(environment: Record<string, string> = {}) {
  const teams = await startTeamsServer()
  onTestFinished(() => teams.close())
  const world = await startToldWorld(
    {
      ...teams.environment,
      SALLYPORT_TEAMS_PEOPLE: `${USERS.dana.toUpperCase()}=p-dana,${USERS.ann}=p-ann,${USERS.gone}=p-gone`,
      SALLYPORT_APPROVAL_ROUTES: `*=teams:${ROOM}`,
      SALLYPORT_APPROVAL_URL: 'https://sallyport.example/approve/{id}',
      ...environment,
    },
    [dana, personOf('ann', { roles: ['analyst'] })],
  )
  const send = async (activity: object, faults: TokenFaults & { at?: Date } = {}) => {
    const token = await teams.token(faults.at ?? world.time.clock(), faults)
    const headers = { authorization: `Bearer ${token}` }
    return world.server.inject({ method: 'POST', url: '/teams/messages', headers, body: activity })
  }
  return { ...world, teams, send }
}

const told = (card: unknown) => JSON.stringify(card)

describe('a held call in Teams', () => {
  test('is one card, which a click of a linked person answers, and which then says who and when', async () => {
    const world = await startWorld()
    const id = await world.held()
    await expect.poll(world.teams.messages).toHaveLength(1)
    const [posted] = world.teams.messages()
    expect(posted?.conversation).toBe(ROOM)
    for (const shown of [
      'code-agent wants to call the tool create_issue on files',
      'issue a',
      'risk medium',
      '1 of anyone',
      '"Action.Execute"',
      `https://sallyport.example/approve/${id}`,
    ])
      expect(told(posted?.message.attachments?.[0]?.content)).toContain(shown.replaceAll('"', '"'))
    world.time.advance(MINUTE)
    const answer = await world.send(click('approve', id, USERS.dana))
    expect(answer).toMatchObject({ statusCode: 200 })
    expect(answer.json()).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive' })
    expect(await world.status(id)).toBe('approved')
    await expect
      .poll(() => told(world.teams.messages()[0]))
      .toContain('approved by dana at 2026-11-21T09:01:00.000Z')
    expect(told(world.teams.messages()[0])).not.toContain('Action.Execute')
    expect(world.teams.messages()).toHaveLength(1)
  })

  test('is denied with the reason that the card asks for', async () => {
    const world = await startWorld()
    const id = await world.held()
    await world.send(click('deny', id, USERS.dana, 'not on a Friday'))
    expect(await world.service.point.getApprovals([id])).toMatchObject([
      { status: 'denied', answeredBy: 'dana', answerReason: 'not on a Friday' },
    ])
  })

  test.each([
    ['nobody who is linked', USERS.other, /not linked/],
    ['a person who is gone', USERS.gone, /not linked/],
    ['a person whose role does not answer', USERS.ann, /role/],
  ])('is not answered by %s, who alone is told why', async (_who, user, why) => {
    const world = await startWorld()
    const id = await world.held()
    for (const verb of ['approve', 'deny'] as const) {
      const answer = (await world.send(click(verb, id, user))).json()
      expect(answer).toMatchObject({
        statusCode: 200,
        type: 'application/vnd.microsoft.activity.message',
        value: expect.stringMatching(why),
      })
    }
    expect(await world.status(id)).toBe('pending')
  })

  test('is not answered by a person who was removed, or who lost the group, after the card was posted', async () => {
    const world = await startWorld()
    const id = await world.held('a', { terms: oneOfEach('finance') })
    world.persons.set(dana.id, { ...dana, groups: [] })
    expect((await world.send(click('approve', id, USERS.dana))).json().value).toMatch(/not in group:finance/)
    world.persons.delete(dana.id)
    expect((await world.send(click('approve', id, USERS.dana))).json().value).toMatch(/not linked/)
    expect(await world.status(id)).toBe('pending')
  })

  test.each<[string, TokenFaults]>([
    ['signed with a key of somebody else', { key: 'stranger' }],
    ['signed with a key that is not endorsed for Teams', { key: 'webchat' }],
    ['signed with a key that nobody knows', { kid: 'unknown' }],
    ['of another issuer', { issuer: 'https://sts.windows.net/' }],
    ['for another app', { audience: '00000000-0000-0000-0000-000000000000' }],
    ['for another service', { serviceUrl: 'https://evil.example/' }],
  ])('is not answered by a token %s', async (_what, faults) => {
    const world = await startWorld()
    const id = await world.held()
    const answer = await world.send(click('approve', id, USERS.dana), faults)
    expect(answer.statusCode).toBe(401)
    expect(answer.json().code).toBe('SP_TEAMS_REQUEST_REFUSED')
    expect(await world.status(id)).toBe('pending')
  })

  test('is not answered without a token, by one of long ago or for later, of another tenant, or sent again', async () => {
    const world = await startWorld()
    const id = await world.held()
    const now = world.time.clock().getTime()
    const activity = click('approve', id, USERS.dana)
    const bare = await world.server.inject({ method: 'POST', url: '/teams/messages', body: activity })
    expect(bare.statusCode).toBe(401)
    for (const at of [now - 70 * MINUTE, now + 6 * MINUTE])
      expect((await world.send(activity, { at: new Date(at) })).statusCode).toBe(401)
    const elsewhere = { ...activity, channelData: { tenant: { id: USERS.other } } }
    expect((await world.send(elsewhere)).statusCode).toBe(401)
    expect(await world.status(id)).toBe('pending')
    // Four minutes of another clock are not a forgery.
    expect((await world.send(activity, { at: new Date(now + 4 * MINUTE) })).statusCode).toBe(200)
    expect(await world.status(id)).toBe('approved')
    expect((await world.send(activity)).statusCode).toBe(401)
  })

  test('has no button to approve where it is not shown whole, and a click on one does not count', async () => {
    const world = await startWorld()
    const id = await world.held('a', {
      arguments: { lines: Array.from({ length: 800 }, (_, nth) => `line ${nth}`) },
    })
    await expect.poll(world.teams.messages).toHaveLength(1)
    const card = told(world.teams.messages()[0])
    expect(card).toContain('"verb":"deny"')
    expect(card).not.toContain('"verb":"approve"')
    expect(card.length).toBeLessThan(28_000)
    await world.send(click('approve', id, USERS.dana))
    expect(await world.status(id)).toBe('pending')
  })

  test('that was edited is one card with the new arguments; a click on the old one does not count', async () => {
    const world = await startWorld()
    const id = await world.held('a', { editable: true })
    await expect.poll(world.teams.messages).toHaveLength(1)
    const shownIn = () => /"shown":"([^"]+)"/.exec(told(world.teams.messages()[0]))?.[1] ?? ''
    const before = shownIn()
    await editTitle(world.log, id, 'a', personOf('omar'), world.time.clock())
    await expect.poll(() => told(world.teams.messages()[0])).toContain('edited by omar')
    expect(told(world.teams.messages()[0])).toContain('clearer')
    for (const old of [before, id])
      expect((await world.send(click('approve', old, USERS.dana))).json().value).toMatch(/edited/)
    expect(await world.status(id)).toBe('pending')
    await world.send(click('approve', shownIn(), USERS.dana))
    expect(await world.status(id)).toBe('approved')
  })

  test('says the words of an agent in runs without Markdown: nothing is linked, hidden or reordered', async () => {
    const world = await startWorld()
    await world.held('a', {
      tool: '[here](https://evil.example) \u202Egnp',
      arguments: { a: '<at>dana</at> \u200B' },
    })
    await expect.poll(world.teams.messages).toHaveLength(1)
    const [posted] = world.teams.messages()
    const card = told(posted?.message.attachments)
    expect(card).not.toMatch(/\u202E|\u200B|"TextBlock"|"entities"/)
    expect(card).toContain('"TextRun"')
  })
})

describe('the card', () => {
  test('is posted once, after a 429 with Retry-After and after a trouble of Teams', async () => {
    const world = await startWorld()
    world.teams.answerNext({ status: 429, headers: { 'retry-after': '1' } }, { status: 502 })
    await world.held()
    await expect.poll(world.teams.messages, { timeout: 10_000 }).toHaveLength(1)
    expect(world.teams.calls).toHaveLength(3)
  })

  test('that was deleted meanwhile stays deleted, and the next one is posted', async () => {
    const world = await startWorld()
    const id = await world.held('a')
    await expect.poll(world.teams.messages).toHaveLength(1)
    world.teams.deleteMessage(world.teams.messages()[0]?.id ?? '')
    await world.vote(id, dana, 'deny')
    await expect.poll(() => world.teams.calls.filter(({ method }) => method === 'PUT')).toHaveLength(1)
    const next = await world.held('b')
    await expect.poll(() => told(world.teams.messages())).toContain(next)
    expect(await deadLettersOf(world.log)).toEqual([])
  })

  test('is changed and not posted again after a restart: the log has what it is called', async () => {
    const world = await startWorld()
    const id = await world.held()
    await expect.poll(world.teams.messages).toHaveLength(1)
    await expect.poll(() => world.service.health['teams']?.()).toMatchObject({ facts: { lagEvents: 0 } })
    await world.service.stop()
    const again = await world.start()
    await world.vote(id, dana, 'deny', null, again.service)
    await expect.poll(() => told(world.teams.messages()[0])).toContain('denied by dana')
    expect(world.teams.messages()).toHaveLength(1)
  })

  test('that Teams refuses for good is a dead letter and holds up no other one', async () => {
    const world = await startWorld()
    world.teams.answerNext({ status: 400, body: { error: { code: 'BadSyntax' } } })
    await world.held('a')
    const next = await world.held('b')
    await expect.poll(() => told(world.teams.messages())).toContain(next)
    expect(await deadLettersOf(world.log)).toMatchObject([
      { consumer: 'approvals.teams', reason: expect.stringContaining('BadSyntax') },
    ])
  })

  test('waits while the app has no token, and is posted then', async () => {
    const world = await startWorld({ SALLYPORT_TEAMS_APP_SECRET: 'wrong' })
    await world.held()
    await expect
      .poll(() => world.service.health['teams']?.())
      .toMatchObject({ status: 'degraded', reason: expect.stringContaining('invalid_client') })
  })
})

test.each([
  ['SALLYPORT_TEAMS_APP_ID', 'my-bot'],
  ['SALLYPORT_TEAMS_TENANT_ID', 'contoso'],
  ['SALLYPORT_TEAMS_PEOPLE', 'dana@example.com=p-dana'],
  ['SALLYPORT_TEAMS_SERVICE_URL', 'http://smba.example.com/'],
])('%s=%s is refused at the start', (name, value) => {
  expect(() => readConfig(destinationsSpec, { [name]: value })).toThrow(name)
})

test.each(['SALLYPORT_TEAMS_APP_SECRET', 'SALLYPORT_TEAMS_TENANT_ID'])(
  'without %s an app is refused at the start',
  async (name) => {
    await expect(startWorld({ [name]: '' })).rejects.toThrow(name)
  },
)
