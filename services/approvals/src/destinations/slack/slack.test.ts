import { readConfig } from '@sallyport/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { deadLettersOf } from '../../testing/dead-letters.ts'
import { editTitle } from '../../testing/edited.ts'
import { MINUTE } from '../../testing/instance.ts'
import {
  BOT_TOKEN,
  click,
  denial,
  SIGNING_SECRET,
  signedBySlack,
  startSlackServer,
} from '../../testing/slack-server.ts'
import { oneOfEach, personOf, startToldWorld } from '../../testing/told-world.ts'
import { destinationsSpec } from '../destinations-config.ts'

const dana = personOf('dana')

async function startWorld(environment: Record<string, string> = {}) {
  const slack = await startSlackServer()
  onTestFinished(() => slack.close())
  const world = await startToldWorld(
    {
      SALLYPORT_SLACK_TOKEN: BOT_TOKEN,
      SALLYPORT_SLACK_SIGNING_SECRET: SIGNING_SECRET,
      SALLYPORT_APPROVAL_ROUTES: '*=slack:C0ALL',
      SALLYPORT_APPROVAL_URL: 'https://sallyport.example/approve/{id}',
      SALLYPORT_SLACK_PEOPLE: 'U0DANA=p-dana,U0ANN=p-ann,U0GONE=p-gone',
      SALLYPORT_SLACK_URL: slack.url,
      ...environment,
    },
    [dana, personOf('ann', { roles: ['analyst'] })],
  )
  const send = ({ headers, body }: ReturnType<typeof signedBySlack>) =>
    world.server.inject({ method: 'POST', url: '/slack/interactions', headers, payload: body })
  return { ...world, slack, send }
}

const told = (blocks: unknown) => JSON.stringify(blocks)

describe('a held call in Slack', () => {
  test('is one message, which a click of a linked person answers, and which then says who and when', async () => {
    const world = await startWorld()
    const id = await world.held()
    await expect.poll(world.slack.messages).toHaveLength(1)
    const [message] = world.slack.messages()
    expect(message).toMatchObject({
      channel: 'C0ALL',
      text: 'code-agent asks for create_issue on files: pending',
    })
    for (const shown of [
      'code-agent wants to call the tool create_issue on files: medium risk, held by',
      'issue a',
      'risk medium',
      '1 of anyone',
      id,
      'Approve',
      'Deny',
      `https://sallyport.example/approve/${id}`,
    ])
      expect(told(message?.blocks)).toContain(shown)

    world.time.advance(MINUTE)
    expect(await world.send(signedBySlack(click('approve', id, 'U0DANA'), world.time.clock()))).toMatchObject(
      {
        statusCode: 200,
      },
    )
    expect(await world.status(id)).toBe('approved')
    await expect
      .poll(() => told(world.slack.messages()[0]?.blocks))
      .toContain('approved by dana at 2026-11-21T09:01:00.000Z')
    expect(told(world.slack.messages()[0]?.blocks)).not.toContain('"actions"')
    expect(world.slack.messages()).toHaveLength(1)
  })

  test('is denied with the reason that a modal asks for', async () => {
    const world = await startWorld()
    const id = await world.held()
    await world.send(signedBySlack(click('deny', id, 'U0DANA'), world.time.clock()))
    expect(world.slack.callsOf('views.open')).toMatchObject([
      { view: { callback_id: 'deny', private_metadata: id } },
    ])
    expect(await world.status(id)).toBe('pending')
    const submitted = await world.send(
      signedBySlack(denial(id, 'U0DANA', 'not on a Friday'), world.time.clock()),
    )
    expect(submitted).toMatchObject({ statusCode: 200, body: '' })
    expect(await world.service.point.getApprovals([id])).toMatchObject([
      { status: 'denied', answeredBy: 'dana', answerReason: 'not on a Friday' },
    ])
    await expect.poll(() => told(world.slack.messages()[0]?.blocks)).toContain('not on a Friday')
    const late = await world.send(signedBySlack(denial(id, 'U0DANA', 'again'), world.time.clock()))
    expect(late.json()).toMatchObject({
      response_action: 'errors',
      errors: { reason: expect.stringContaining('denied by dana') },
    })
  })

  test.each([
    ['nobody who is linked', 'U0OTHER', /not linked/],
    ['a person who is gone', 'U0GONE', /not linked/],
    ['a person whose role does not answer', 'U0ANN', /role/],
  ])('is not answered by %s, who alone is told why', async (_who, user, why) => {
    const world = await startWorld()
    const id = await world.held()
    await world.send(signedBySlack(click('approve', id, user), world.time.clock()))
    await world.send(signedBySlack(denial(id, user, 'no'), world.time.clock()))
    expect(await world.status(id)).toBe('pending')
    expect(world.slack.callsOf('chat.postEphemeral')).toMatchObject([
      { user, text: expect.stringMatching(why) },
    ])
  })

  test('is not answered by a person who was removed after the message was posted', async () => {
    const world = await startWorld()
    const id = await world.held()
    world.persons.delete(dana.id)
    await world.send(signedBySlack(click('approve', id, 'U0DANA'), world.time.clock()))
    expect(await world.status(id)).toBe('pending')
  })

  test('is not answered by a person who lost the group after the message was posted', async () => {
    const world = await startWorld()
    const id = await world.held('a', { terms: oneOfEach('finance') })
    world.persons.set(dana.id, { ...dana, groups: [] })
    await world.send(signedBySlack(click('approve', id, 'U0DANA'), world.time.clock()))
    expect(await world.status(id)).toBe('pending')
    expect(world.slack.callsOf('chat.postEphemeral')).toMatchObject([
      { text: expect.stringContaining('not in group:finance') },
    ])
  })

  test('is not answered by what Slack did not sign, signed long ago or for later, or sent before', async () => {
    const world = await startWorld()
    const id = await world.held()
    const now = world.time.clock()
    const good = signedBySlack(click('approve', id, 'U0DANA'), now)
    const other = signedBySlack(click('approve', id, 'U0DANA'), now, 'another secret')
    const shifted = (ms: number) =>
      signedBySlack(click('approve', id, 'U0DANA'), new Date(now.getTime() + ms))
    const changed = { ...good, body: good.body.replace('U0DANA', 'U0OTHER') }
    const unsigned = { ...good, headers: { ...good.headers, 'x-slack-signature': 'v0=' } }
    for (const bad of [other, shifted(-6 * MINUTE), shifted(6 * MINUTE), changed, unsigned])
      expect((await world.send(bad)).statusCode).not.toBe(200)
    expect(await world.status(id)).toBe('pending')
    expect((await world.send(good)).statusCode).toBe(200)
    expect((await world.send(good)).statusCode).not.toBe(200)
    expect(await world.status(id)).toBe('approved')
  })

  test('has no button to approve where it is not shown whole, and a click on one does not count', async () => {
    const world = await startWorld()
    const id = await world.held('a', {
      arguments: { lines: Array.from({ length: 400 }, (_, nth) => `line ${nth}`) },
    })
    await expect.poll(world.slack.messages).toHaveLength(1)
    const blocks = told(world.slack.messages()[0]?.blocks)
    expect(blocks).toContain('"deny"')
    expect(blocks).not.toContain('"approve"')
    await world.send(signedBySlack(click('approve', id, 'U0DANA'), world.time.clock()))
    expect(await world.status(id)).toBe('pending')
  })

  test('shows the _meta too, which may be forwarded, and numbers as they came', async () => {
    const world = await startWorld()
    await world.held('a', {
      arguments: { amount: 1e2 },
      argumentsText: '{"amount":1E2}',
      meta: '{"ticket":"OPS-7"}',
    })
    await expect.poll(world.slack.messages).toHaveLength(1)
    const blocks = told(world.slack.messages()[0]?.blocks)
    expect(blocks).toContain('OPS-7')
    expect(blocks).toContain('1E2')
  })

  test('that was edited is one message with the new arguments; a click on the old one does not count', async () => {
    const world = await startWorld()
    const id = await world.held('a', { editable: true })
    await expect.poll(world.slack.messages).toHaveLength(1)
    const shownIn = () => /"value":"([^"]+)"/.exec(told(world.slack.messages()[0]?.blocks))?.[1] ?? ''
    const before = shownIn()
    await editTitle(world.log, id, 'a', personOf('omar'), world.time.clock())
    await expect.poll(() => told(world.slack.messages()[0]?.blocks)).toContain('edited by omar')
    const send = (shown: string) =>
      world.send(signedBySlack(click('approve', shown, 'U0DANA'), world.time.clock()))
    for (const old of [before, id]) await send(old)
    expect(world.slack.callsOf('chat.postEphemeral')).toHaveLength(2)
    expect(await world.status(id)).toBe('pending')
    await send(shownIn())
    expect(await world.status(id)).toBe('approved')
  })

  test('says the words of an agent as text: nothing is mentioned, linked, hidden or reordered', async () => {
    const world = await startWorld()
    await world.held('a', { tool: '<!channel> & \u202Egnp', arguments: { a: '<@U0DANA> *b* \u200B' } })
    await expect.poll(world.slack.messages).toHaveLength(1)
    const [message] = world.slack.messages()
    expect(message?.text).toContain('&lt;!channel&gt; &amp; &lt;U+202E&gt;gnp')
    expect(told(message)).not.toMatch(/\u202E|\u200B/)
    expect(told(message?.blocks)).not.toContain('mrkdwn')
  })
})

describe('the message', () => {
  test('is posted once, after a 429 with Retry-After and after a trouble of Slack', async () => {
    const world = await startWorld()
    world.slack.answerNext(
      { status: 429, headers: { 'retry-after': '1' }, body: { ok: false, error: 'ratelimited' } },
      { status: 503, body: {} },
    )
    const id = await world.held()
    await expect.poll(world.slack.messages, { timeout: 10_000 }).toHaveLength(1)
    expect(told(world.slack.messages())).toContain(id)
    expect(world.slack.calls.length).toBeGreaterThan(2)
    expect(world.slack.callsOf('chat.postMessage')).toHaveLength(1)
  })

  test('that was deleted meanwhile stays deleted, and the next one is posted', async () => {
    const world = await startWorld()
    const id = await world.held('a')
    await expect.poll(world.slack.messages).toHaveLength(1)
    world.slack.deleteMessage(world.slack.messages()[0]?.ts ?? '')
    await world.vote(id, dana, 'deny')
    await expect.poll(() => world.slack.callsOf('chat.update')).toHaveLength(1)
    const next = await world.held('b')
    await expect.poll(world.slack.messages).toHaveLength(1)
    expect(told(world.slack.messages())).toContain(next)
  })

  test('is found again after a restart by what it carries, and no second one is posted', async () => {
    const world = await startWorld()
    const id = await world.held()
    await expect.poll(world.slack.messages).toHaveLength(1)
    await world.service.stop()
    const again = await world.start()
    await world.vote(id, dana, 'deny', null, again.service)
    await expect.poll(() => told(world.slack.messages()[0]?.blocks)).toContain('denied by dana')
    expect(world.slack.messages()).toHaveLength(1)
  })

  test('that Slack refuses for good holds up no other one', async () => {
    const world = await startWorld()
    world.slack.answerNext({ body: { ok: false, error: 'channel_not_found' } })
    await world.held('a')
    const next = await world.held('b')
    await expect.poll(world.slack.messages).toHaveLength(1)
    expect(told(world.slack.messages())).toContain(next)
    await expect
      .poll(() => deadLettersOf(world.log))
      .toMatchObject([{ consumer: 'approvals.slack', reason: expect.stringContaining('channel_not_found') }])
    expect(await world.service.health['slack']?.()).toMatchObject({ facts: { deadLetters: 1 } })
  })

  test('is in each channel of its rule, and one that refuses it keeps no other from it', async () => {
    const world = await startWorld({ SALLYPORT_APPROVAL_ROUTES: '*=slack:C0GONE slack:C0ALL' })
    world.slack.answerNext({ body: { ok: false, error: 'is_archived' } })
    await world.held()
    await expect.poll(world.slack.messages).toMatchObject([{ channel: 'C0ALL' }])
  })
})

test.each([
  ['SALLYPORT_APPROVAL_ROUTES', '*=slack:general'],
  ['SALLYPORT_SLACK_PEOPLE', 'dana=p-dana'],
  ['SALLYPORT_SLACK_PEOPLE', 'U0A=p-1,U0A=p-2'],
  ['SALLYPORT_SLACK_URL', 'http://slack.example.com/api/'],
])('%s=%s is refused at the start', (name, value) => {
  expect(() => readConfig(destinationsSpec, { [name]: value })).toThrow(name)
})
