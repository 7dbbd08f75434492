import { derivedSecret } from '@sallyport/delivery/webhook'
import { describe, expect, it } from 'vitest'
import { ask, logWithTokens, type Scope, SECRET, startInstance } from '../testing/instance.ts'

const instanceOf = async () => startInstance(await logWithTokens())
const HOOK = { name: 'ops', url: 'https://hooks.example.com/in', events: ['approval.*'] }

describe('webhooks', () => {
  it('one is added with a secret that is shown once and is in no event', async () => {
    const log = await logWithTokens()
    const instance = await startInstance(log)
    const { status, body } = await ask(instance, 'POST', '/v1/webhooks', HOOK)
    expect(status).toBe(201)
    const secret = derivedSecret(SECRET, body.id)
    expect(body).toMatchObject({
      ...HOOK,
      secret: { kind: 'derived' },
      disabled: null,
      signingSecret: secret,
    })
    expect(JSON.stringify((await ask(instance, 'GET', '/v1/webhooks')).body)).not.toContain(secret)
    expect((await ask(instance, 'GET', '/v1/webhooks/ops')).body).not.toHaveProperty('signingSecret')
    const abort = new AbortController()
    for await (const records of log.read('sallyport.control', { from: 'start', signal: abort.signal })) {
      expect(Buffer.concat(records.map(({ value }) => value)).toString()).not.toContain(secret)
      abort.abort()
    }
  })

  it('one that names its secret is given none', async () => {
    const instance = await instanceOf()
    const secret = { kind: 'env', variable: 'HOOK_SECRET' }
    const { body } = await ask(instance, 'POST', '/v1/webhooks', { ...HOOK, secret })
    expect(body).toMatchObject({ secret, signingSecret: null })
  })

  it('a repeated request with the same key has the same secret, after a restart too', async () => {
    const log = await logWithTokens()
    const first = await ask(await startInstance(log), 'POST', '/v1/webhooks', HOOK, { key: 'k' })
    const second = await ask(await startInstance(log), 'POST', '/v1/webhooks', HOOK, { key: 'k' })
    expect(second).toEqual(first)
  })

  it.each([
    [{ events: ['aproval.*'] }, 'SP_EVENT_PATTERN_UNMATCHED'],
    [{ events: ['delivery.*'] }, 'SP_EVENT_PATTERN_UNMATCHED'],
    [{ url: 'http://hooks.example.com/' }, 'SP_WEBHOOK_URL_INVALID'],
    [{ url: 'https://dana:pw@hooks.example.com/' }, 'SP_WEBHOOK_URL_INVALID'],
  ])('%j is refused with %s', async (change, code) => {
    const { status, body } = await ask(await instanceOf(), 'POST', '/v1/webhooks', { ...HOOK, ...change })
    expect({ status, ...body }).toMatchObject({ status: 400, code })
  })

  it('plain text to another machine is for whoever says so', async () => {
    const body = { ...HOOK, url: 'http://hooks.internal/', insecure: true }
    expect((await ask(await instanceOf(), 'POST', '/v1/webhooks', body)).status).toBe(201)
  })

  it('one that is removed gives its name up', async () => {
    const instance = await instanceOf()
    const first = await ask(instance, 'POST', '/v1/webhooks', HOOK)
    expect((await ask(instance, 'POST', '/v1/webhooks', HOOK)).status).toBe(409)
    expect((await ask(instance, 'DELETE', '/v1/webhooks/ops')).status).toBe(204)
    expect((await ask(instance, 'DELETE', '/v1/webhooks/ops')).status).toBe(404)
    const second = await ask(instance, 'POST', '/v1/webhooks', HOOK)
    expect(second.body.id).not.toBe(first.body.id)
  })

  it.each<Scope>(['approver', 'analyst', 'bot'])('%s reads them and changes nothing', async (scope) => {
    const instance = await instanceOf()
    expect((await ask(instance, 'GET', '/v1/webhooks', undefined, { scope })).status).toBe(200)
    expect((await ask(instance, 'POST', '/v1/webhooks', HOOK, { scope })).status).toBe(403)
    expect((await ask(instance, 'DELETE', '/v1/webhooks/ops', undefined, { scope })).status).toBe(403)
  })
})
