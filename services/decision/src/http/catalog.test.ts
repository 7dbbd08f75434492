import { describe, expect, it } from 'vitest'
import { addUpstream, ask, logWithTokens, observed, startInstance } from '../testing/instance.ts'

const FIRST = '1'.repeat(64)
const SECOND = '2'.repeat(64)
const DIFFERENCE = { place: '/description', before: '"Reads"', after: '"Reads and sends"' }

/** An upstream whose tool `read` has changed and whose tool `write` has not. */
async function changedInstance() {
  const instance = await startInstance(await logWithTokens())
  await addUpstream(instance)
  await observed(instance, 'files', [
    { key: 'read', fingerprint: FIRST, definition: '{"description":"Reads","name":"read"}' },
    { key: 'write', fingerprint: FIRST, definition: '{"name":"write"}' },
  ])
  await observed(instance, 'files', [
    { key: 'read', fingerprint: SECOND, definition: '{"description":"Reads and sends","name":"read"}' },
  ])
  return instance
}

const accept = (fingerprint: string | null, key = 'read') => ({
  upstream: 'files',
  entities: [{ kind: 'tool', key, fingerprint }],
})

describe('the catalog', () => {
  it('lists what upstreams offer, with what happens about it', async () => {
    const instance = await changedInstance()
    const { body } = await ask(instance, 'GET', '/v1/catalog?upstream=files')
    expect(body.items).toMatchObject([
      { key: 'read', status: 'changed', mode: 'hold', accepted: FIRST, offered: SECOND },
      { key: 'write', status: 'accepted', mode: 'log', ownMode: null },
    ])
    expect((await ask(instance, 'GET', '/v1/catalog?status=changed')).body.items).toHaveLength(1)
    expect((await ask(instance, 'GET', '/v1/catalog?kind=prompt')).body.items).toEqual([])
  })

  it('pages without skipping or repeating', async () => {
    const instance = await changedInstance()
    const { body } = await ask(instance, 'GET', '/v1/catalog?limit=1')
    const rest = await ask(instance, 'GET', `/v1/catalog?limit=1&cursor=${body.next}`)
    expect([...body.items, ...rest.body.items]).toMatchObject([{ key: 'read' }, { key: 'write' }])
    expect(rest.body.next).toBeNull()
  })

  it('says that a server is not registered, and not that nothing differs', async () => {
    const instance = await changedInstance()
    for (const path of ['', '/differences', '/modes']) {
      const answer = await ask(instance, 'GET', `/v1/catalog${path}?upstream=flies`)
      expect(answer).toMatchObject({ status: 404, body: { code: 'SP_UPSTREAM_NOT_REGISTERED' } })
    }
  })

  it('says that nobody offers what was asked for, and not that it does not differ', async () => {
    const instance = await changedInstance()
    for (const query of ['?key=raed', '/differences?key=raed', '/differences?kind=prompt&key=read']) {
      const answer = await ask(instance, 'GET', `/v1/catalog${query}`)
      expect(answer).toMatchObject({ status: 404, body: { code: 'SP_CATALOG_ENTRY_UNKNOWN' } })
    }
    expect(await ask(instance, 'GET', '/v1/catalog?kind=tool&key=raed')).toMatchObject({
      body: { detail: 'there is no tool raed; did you mean read? What exists: read, write' },
    })
    expect((await ask(instance, 'GET', '/v1/catalog/differences?key=write')).body.items).toEqual([])
  })

  it('shows the places that differ', async () => {
    const instance = await changedInstance()
    const { body } = await ask(instance, 'GET', '/v1/catalog/differences')
    expect(body.items).toMatchObject([{ key: 'read', differences: [DIFFERENCE], complete: true }])
  })

  it('takes what was seen as accepted, once, whoever repeats it', async () => {
    const instance = await changedInstance()
    const twice = [1, 2].map(() => ask(instance, 'POST', '/v1/catalog/accept', accept(SECOND), { key: 'a' }))
    for (const { status, body } of await Promise.all(twice))
      expect({ status, body }).toEqual({ status: 200, body: { upstream: 'files', accepted: 1 } })
    expect((await ask(instance, 'GET', '/v1/catalog/differences')).body.items).toEqual([])
  })

  it.each([
    ['something else by now', accept(FIRST), 409],
    ['not there', accept(SECOND, 'nothing'), 404],
    ['still there', accept(null), 409],
    ['no fingerprint', accept('x'), 400],
  ])('does not accept what is %s', async (_, body, status) => {
    const instance = await changedInstance()
    expect((await ask(instance, 'POST', '/v1/catalog/accept', body)).status).toBe(status)
    expect((await ask(instance, 'GET', '/v1/catalog/differences')).body.items).toHaveLength(1)
  })

  it('has modes for one thing and for all that differ in one way', async () => {
    const instance = await changedInstance()
    const mode = { upstream: 'files', kind: 'tool', key: null, status: 'changed', mode: 'block' }
    expect(await ask(instance, 'PUT', '/v1/catalog/modes', mode)).toEqual({ status: 200, body: mode })
    const own = { upstream: 'files', kind: 'tool', key: 'write', mode: 'hold' }
    expect((await ask(instance, 'PUT', '/v1/catalog/modes', own)).status).toBe(200)
    expect((await ask(instance, 'GET', '/v1/catalog')).body.items).toMatchObject([
      { key: 'read', mode: 'block' },
      { key: 'write', mode: 'hold', ownMode: 'hold' },
    ])
    const modes = (await ask(instance, 'GET', '/v1/catalog/modes?upstream=files')).body.items
    expect(modes).toHaveLength(12)
    expect(modes).toContainEqual({
      upstream: 'files',
      kind: 'tool',
      status: 'changed',
      mode: 'block',
      isDefault: false,
    })
  })

  it.each([
    ['for everything', { key: null, status: null }],
    ['for one thing in one state', { key: 'read', status: 'changed' }],
  ])('has no mode %s', async (_, where) => {
    const instance = await changedInstance()
    const body = { upstream: 'files', kind: 'tool', mode: 'log', ...where }
    expect(await ask(instance, 'PUT', '/v1/catalog/modes', body)).toMatchObject({
      status: 400,
      body: { code: 'SP_CATALOG_MODE_INVALID' },
    })
  })

  it('is read by everybody, accepted by approvers and ruled by administrators', async () => {
    const instance = await changedInstance()
    expect((await ask(instance, 'GET', '/v1/catalog', undefined, { scope: 'analyst' })).status).toBe(200)
    const statusOf = async (
      method: 'POST' | 'PUT',
      path: string,
      body: object,
      scope: 'approver' | 'analyst',
    ) => (await ask(instance, method, path, body, { scope })).status
    const mode = { upstream: 'files', kind: 'tool', key: 'read', mode: 'log' }
    expect(await statusOf('PUT', '/v1/catalog/modes', mode, 'approver')).toBe(403)
    expect(await statusOf('POST', '/v1/catalog/accept', accept(SECOND), 'analyst')).toBe(403)
    expect(await statusOf('POST', '/v1/catalog/accept', accept(SECOND), 'approver')).toBe(200)
  })
})
