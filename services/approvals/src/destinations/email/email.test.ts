import type { Person } from '@sallyport/control'
import { readConfig } from '@sallyport/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { deadLettersOf } from '../../testing/dead-letters.ts'
import { editTitle } from '../../testing/edited.ts'
import { MINUTE } from '../../testing/instance.ts'
import { startMailServer } from '../../testing/mail-server.ts'
import { oneOfEach, personOf, startToldWorld } from '../../testing/told-world.ts'
import { destinationsSpec } from '../destinations-config.ts'

const dana = personOf('dana')
const omar = personOf('omar')
const PEOPLE = [dana, omar, personOf('ann', { roles: ['analyst'] }), personOf('eve', { email: null })]

async function startWorld(environment: Record<string, string> = {}, people: readonly Person[] = PEOPLE) {
  const mail = await startMailServer()
  onTestFinished(() => mail.close())
  const world = await startToldWorld(
    {
      SALLYPORT_EMAIL_SMTP: mail.url,
      SALLYPORT_EMAIL_FROM: 'sallyport@example.com',
      SALLYPORT_APPROVAL_URL: 'https://sallyport.example/approve/{id}',
      ...environment,
    },
    people,
  )
  return { ...world, mail, page: (approvalId: string) => browser(world.server, approvalId) }
}

type Server = Awaited<ReturnType<typeof startToldWorld>>['server']

/** A browser on the page of an approval, which keeps cookies and says where its requests are from. */
function browser(server: Server, approvalId: string) {
  let cookie = ''
  const own = { host: 'sallyport.example', 'sec-fetch-site': 'same-origin' }
  const send = async (
    method: 'GET' | 'POST' | 'HEAD',
    path: string,
    body?: object,
    headers: object = own,
  ) => {
    const answer = await server.inject({
      method,
      url: `/approve/${approvalId}${path}`,
      headers: { ...headers, ...(cookie && { cookie }) },
      ...(body && { body }),
    })
    const set = answer.headers['set-cookie']
    if (typeof set === 'string') cookie = set.split(';')[0] ?? ''
    return { status: answer.statusCode, body: answer.body, headers: answer.headers }
  }
  return {
    send,
    cookie: () => cookie,
    open: (link: { token: string; code: string }) =>
      send('POST', '/link', { link: link.token, code: link.code }),
  }
}

function linkIn(text = '') {
  const [, page = '', token = ''] = /(https:\S+)#link=(\S+)/.exec(text) ?? []
  const code = /Code: (\d{3} \d{3})/.exec(text)?.[1] ?? ''
  return { page, token, code }
}

const mailTo = async (world: Awaited<ReturnType<typeof startWorld>>, address: string, count = 1) => {
  await expect.poll(() => world.mail.to(address).length).toBe(count)
  return world.mail.to(address)[count - 1]
}

describe('a held call by e-mail', () => {
  test('is sent to each person whose vote counts, as text and as HTML, and to nobody else', async () => {
    const world = await startWorld()
    const id = await world.held()
    const received = await mailTo(world, 'dana@example.com')
    await mailTo(world, 'omar@example.com')
    expect(world.mail.received).toHaveLength(2)
    expect(received?.mail.subject).toBe('Approval wanted: code-agent: create_issue on files')
    for (const body of [received?.mail.text, received?.mail.html])
      for (const shown of [
        'wants to call the tool create_issue',
        'issue a',
        'risk medium',
        '1 of anyone',
        id,
      ])
        expect(body).toContain(shown)
    expect(linkIn(received?.mail.text)).toMatchObject({
      page: `https://sallyport.example/approve/${id}`,
      code: expect.stringMatching(/^\d{3} \d{3}$/),
    })
    expect(received?.mail.headers).toContainEqual(
      expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
    )
  })

  test('goes to those of the open stage, and to those of the next once that is open', async () => {
    const sam = personOf('sam', { groups: ['security'] })
    const world = await startWorld({}, [dana, sam])
    const id = await world.held('a', { terms: oneOfEach('finance', 'security') })
    await mailTo(world, 'dana@example.com')
    expect(world.mail.to('sam@example.com')).toHaveLength(0)
    await world.vote(id, dana, 'approve')
    await mailTo(world, 'sam@example.com')
    expect(world.mail.received).toHaveLength(2)
  })

  test('is told again to whoever was asked once it needs no answer any more, but not to the person who gave it', async () => {
    const world = await startWorld()
    const id = await world.held()
    const asked = await mailTo(world, 'omar@example.com')
    await mailTo(world, 'dana@example.com')
    await world.vote(id, dana, 'deny', 'not on a Friday')
    const told = await mailTo(world, 'omar@example.com', 2)
    expect(told?.mail.subject).toBe('Was denied: code-agent: create_issue on files')
    expect(told?.mail.text).toContain('denied by dana at 2026-11-21T09:00:00')
    expect(told?.mail.text).toContain('not on a Friday')
    expect(told?.mail.inReplyTo).toBe(asked?.mail.messageId)
    expect(world.mail.to('dana@example.com')).toHaveLength(1)
  })

  test('that was edited is sent anew, with a link of its own, to those who have not edited it', async () => {
    const world = await startWorld()
    const id = await world.held('a', { editable: true })
    const first = await mailTo(world, 'dana@example.com')
    await editTitle(world.log, id, 'a', omar, world.time.clock())
    const second = await mailTo(world, 'dana@example.com', 2)
    expect(second?.mail.subject).toContain('Edited, approval wanted')
    expect(second?.mail.text).toContain('clearer')
    expect(linkIn(second?.mail.text).token).not.toBe(linkIn(first?.mail.text).token)
    const browser = world.page(id)
    await browser.open(linkIn(second?.mail.text))
    expect((await browser.send('POST', '/link/approve', { unseen: [] })).body).toContain('SP_APPROVAL_EDITED')
    const { digest } = JSON.parse((await browser.send('GET', '/link')).body)
    expect((await browser.send('POST', '/link/approve', { unseen: [], digest })).status).toBe(200)
    expect(world.mail.to('omar@example.com')).toHaveLength(1)
  })

  test('goes to mailboxes of the routes too, without a link that signs in', async () => {
    const world = await startWorld({
      SALLYPORT_APPROVAL_ROUTES: '*=email:oncall@example.com email:DANA@example.com',
      SALLYPORT_EMAIL_PEOPLE: 'voters',
    })
    const id = await world.held()
    const received = await mailTo(world, 'oncall@example.com')
    expect(received?.mail.text).toContain(`https://sallyport.example/approve/${id}`)
    expect(received?.mail.text).not.toContain('#link=')
    await mailTo(world, 'dana@example.com')
    expect(world.mail.to('DANA@example.com')).toHaveLength(0)
  })

  test('asks people to sign in where the operator says so', async () => {
    const world = await startWorld({ SALLYPORT_EMAIL_LINKS: 'sign_in' })
    await world.held()
    const received = await mailTo(world, 'dana@example.com')
    expect(received?.mail.text).not.toMatch(/#link=|Code:/)
    expect(received?.mail.text).toContain('Sign in')
  })

  test('has no header, link, markup or hidden character of an agent', async () => {
    const world = await startWorld()
    await world.held('a', {
      tool: 'x\r\nBcc: eve@evil.example\r\n\u202Egnp',
      arguments: { a: '<img src=https://evil.example/x> \u200B', mail: 'eve@evil.example' },
    })
    const received = await mailTo(world, 'dana@example.com')
    expect(world.mail.attempts).not.toContain('eve@evil.example')
    expect(received?.mail.bcc).toBeUndefined()
    expect(received?.mail.subject).toContain('<U+D><U+A>Bcc: eve[@]evil[.]example')
    const bodies = `${received?.mail.text}${received?.mail.html}`
    expect(bodies).not.toMatch(/\u202E|\u200B|evil\.example|https:\/\/evil/)
    expect(received?.mail.html).not.toContain('<img')
    expect(received?.mail.html).toContain('&lt;img')
  })
})

describe('the link of a message', () => {
  const opened = async (environment: Record<string, string> = {}) => {
    const world = await startWorld(environment)
    const id = await world.held()
    const received = await mailTo(world, 'dana@example.com')
    return { ...world, id, link: linkIn(received?.mail.text), browser: world.page(id) }
  }

  test('shows the call and answers it with a POST of its page, for its person', async () => {
    const { browser, link, id, status, service } = await opened()
    expect((await browser.open(link)).status).toBe(200)
    const view = JSON.parse((await browser.send('GET', '/link')).body)
    expect(view).toMatchObject({ approvalId: id, status: 'pending', youMay: { answer: true } })
    expect(view.told).toBeUndefined()
    const answered = await browser.send('POST', '/link/approve', { unseen: [], reason: 'fine' })
    expect(answered.status).toBe(200)
    expect(await status(id)).toBe('approved')
    expect(await service.point.getApprovals([id])).toMatchObject([{ answeredBy: 'dana' }])
  })

  test('that a scanner fetches, with scripts or without, changes nothing, and still opens after it', async () => {
    const { browser, link, id, status, server } = await opened()
    const scanner = { host: 'sallyport.example' }
    for (const method of ['GET', 'HEAD'] as const) {
      const seen = await server.inject({ method, url: `/approve/${id}?link=${link.token}`, headers: scanner })
      expect([200, 404]).toContain(seen.statusCode)
      expect(seen.body).not.toContain('create_issue')
    }
    // Scripts of the page run, and have no code to type.
    expect((await browser.open({ ...link, code: '' })).status).toBe(403)
    expect(await status(id)).toBe('pending')
    expect((await browser.open(link)).status).toBe(200)
  })

  test('is in no address that a server is sent, and the page sends no Referer', async () => {
    const { link, browser } = await opened()
    const page = await browser.send('GET', '')
    expect(page.headers['referrer-policy']).toBe('no-referrer')
    expect(link.page).not.toContain(link.token)
  })

  test('opens once: whoever comes second is told when it was opened, in any process', async () => {
    const { browser: first, link, id, start } = await opened()
    expect((await first.open(link)).status).toBe(200)
    const again = await start()
    const second = await browser(again.server, id).open(link)
    expect(second).toMatchObject({ status: 409, body: expect.stringContaining('SP_APPROVAL_LINK_USED') })
    expect(second.body).toContain('2026-11-21T09:00:00')
    expect((await browser(again.server, id).send('GET', '/link')).status).toBe(403)
  })

  test('does not open for a page of another site, nor answer for one', async () => {
    const { browser, link, status, id } = await opened()
    const foreign = {
      host: 'sallyport.example',
      'sec-fetch-site': 'cross-site',
      origin: 'https://evil.example',
    }
    const body = { link: link.token, code: link.code }
    expect((await browser.send('POST', '/link', body, foreign)).status).toBe(403)
    expect((await browser.send('POST', '/link', body, { host: 'sallyport.example' })).status).toBe(403)
    await browser.open(link)
    expect((await browser.send('POST', '/link/approve', {}, foreign)).status).toBe(403)
    expect(await status(id)).toBe('pending')
  })

  test('is for one approval, in its cookie too', async () => {
    const { browser, link, held, page } = await opened()
    const other = await held('b')
    expect((await page(other).open(link)).status).toBe(403)
    await browser.open(link)
    const [name = '', value = ''] = browser.cookie().split('=')
    const cookie = `${name.replace(/link_.*/, `link_${other}`)}=${value}`
    const answer = await page(other).send(
      'POST',
      '/link/approve',
      {},
      {
        host: 'sallyport.example',
        'sec-fetch-site': 'same-origin',
        cookie,
      },
    )
    expect(answer.status).toBe(403)
  })

  test.each([
    ['a wrong code, five times and then the right one', { wrong: 5 }],
    ['a changed token', { token: (token: string) => token.replace(/^./, 'A') }],
    [
      'a forged one',
      {
        token: () => `${Buffer.from('["x","p-dana","asked",9e15]').toString('base64url')}.${'A'.repeat(43)}`,
      },
    ],
  ])('does not open with %s', async (_what, how: { wrong?: number; token?: (token: string) => string }) => {
    const { browser, link } = await opened()
    for (let nth = 0; nth < (how.wrong ?? 0); nth++)
      expect((await browser.open({ ...link, code: 'nope' })).status).toBe(403)
    const token = how.token?.(link.token) ?? link.token
    expect((await browser.open({ ...link, token })).status).toBe(403)
  })

  test('is over with its approval', async () => {
    const { browser, link, time } = await opened()
    time.advance(15 * MINUTE)
    expect((await browser.open(link)).status).toBe(403)
  })

  test.each([
    ['is removed', (persons: Map<string, Person>) => persons.delete(dana.id)],
    [
      'gets another address',
      (persons: Map<string, Person>) => persons.set(dana.id, { ...dana, email: 'x@example.com' }),
    ],
    [
      'may not answer any more',
      (persons: Map<string, Person>) => persons.set(dana.id, { ...dana, roles: ['viewer'] }),
    ],
  ])('ends where its person %s, before it is opened and after', async (_what, change) => {
    const before = await opened()
    change(before.persons)
    expect((await before.browser.open(before.link)).status).toBe(403)
    const after = await opened()
    await after.browser.open(after.link)
    change(after.persons)
    expect((await after.browser.send('POST', '/link/approve', { unseen: [] })).status).toBe(403)
    expect(await after.status(after.id)).toBe('pending')
  })

  test('of somebody who lost the group shows the call and does not count', async () => {
    const world = await startWorld()
    const id = await world.held('a', { terms: oneOfEach('finance') })
    const received = await mailTo(world, 'dana@example.com')
    const browser = world.page(id)
    await browser.open(linkIn(received?.mail.text))
    world.persons.set(dana.id, { ...dana, groups: [] })
    const answer = await browser.send('POST', '/link/approve', { unseen: [] })
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('SP_APPROVAL_NOT_YOURS') })
  })

  test('of a call that was answered meanwhile says so', async () => {
    const { browser, link, vote, id } = await opened()
    await vote(id, omar, 'approve')
    const late = await browser.open(link)
    expect(late).toMatchObject({ status: 409, body: expect.stringContaining('not pending') })
  })
})

describe('delivery', () => {
  test('a recipient who is greylisted is tried again, and holds up nobody', async () => {
    const world = await startWorld()
    world.mail.refuse('dana@example.com', { code: 451, text: '4.7.1 greylisted, try again later' })
    await world.held()
    await mailTo(world, 'omar@example.com')
    expect(world.mail.to('dana@example.com')).toHaveLength(0)
    await expect.poll(() => world.time.waiting()).toBeGreaterThan(1)
    world.time.advance(MINUTE)
    await mailTo(world, 'dana@example.com')
    expect(await deadLettersOf(world.log)).toEqual([])
  })

  test('a recipient who is refused is a dead letter, and holds up nobody', async () => {
    const world = await startWorld()
    world.mail.refuse('dana@example.com', { code: 550, text: '5.1.1 no such user' })
    await world.held()
    await mailTo(world, 'omar@example.com')
    await expect
      .poll(() => deadLettersOf(world.log))
      .toMatchObject([
        {
          consumer: 'approvals.email',
          reason: expect.stringMatching(/dana@example.com: .*550.*no such user/),
        },
      ])
    expect(await world.service.health['email']?.()).toMatchObject({ facts: { deadLetters: 1 } })
    await world.held('b')
    await mailTo(world, 'dana@example.com')
  })

  test('a server that takes nothing is asked again, and then each message comes once', async () => {
    const world = await startWorld()
    world.mail.refuse('dana@example.com', { code: 421, text: '4.3.2 closing' })
    await world.held()
    await expect.poll(() => world.mail.received.length, { timeout: 5000 }).toBe(2)
    expect(world.mail.to('dana@example.com')).toHaveLength(1)
  })

  test('a restart repeats nothing, and tells of the end to whoever was asked before it', async () => {
    const world = await startWorld()
    const id = await world.held()
    await expect.poll(() => world.mail.received.length).toBe(2)
    await world.service.stop()
    const again = await world.start()
    await world.vote(id, dana, 'deny', null, again.service)
    await mailTo(world, 'omar@example.com', 2)
    expect(world.mail.received).toHaveLength(3)
  })

  test('an agent that asks and asks fills no mailbox', async () => {
    const world = await startWorld({ SALLYPORT_EMAIL_PER_HOUR: '2' }, [dana])
    for (const args of ['a', 'b', 'c']) await world.held(args)
    await expect
      .poll(() => deadLettersOf(world.log))
      .toMatchObject([{ reason: expect.stringContaining('SALLYPORT_EMAIL_PER_HOUR') }])
    expect(world.mail.received).toHaveLength(2)
  })
})

test.each([
  ['SALLYPORT_EMAIL_SMTP', 'https://mail.example.com'],
  ['SALLYPORT_EMAIL_SMTP', 'smtp://user:secret@mail.example.com'],
  ['SALLYPORT_EMAIL_FROM', 'Sallyport <a@b.c>\r\nBcc: x@y.z'],
  ['SALLYPORT_EMAIL_LINKS', 'approve'],
  ['SALLYPORT_EMAIL_PER_HOUR', '0'],
])('%s=%s is refused at the start', (name, value) => {
  expect(() => readConfig(destinationsSpec, { [name]: value })).toThrow(name)
})

test.each([
  ['SALLYPORT_EMAIL_FROM', { SALLYPORT_EMAIL_FROM: '' }],
  ['SALLYPORT_EMAIL_USER', { SALLYPORT_EMAIL_PASSWORD: 'secret' }],
  ['SALLYPORT_APPROVAL_ROUTES names a place of slack', { SALLYPORT_APPROVAL_ROUTES: '*=slack:C0ALL' }],
])('what lacks another variable is refused: %s', async (name, environment) => {
  await expect(startWorld(environment)).rejects.toThrow(name)
})
