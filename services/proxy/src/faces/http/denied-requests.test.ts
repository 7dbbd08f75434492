import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Value } from 'typebox/value'
import { afterEach, expect, test } from 'vitest'
import { type Denial, DenialShape } from '../../domain/denial-shape.ts'
import { startApiUpstream } from '../../testing/api-upstream.ts'
import { type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

const run = promisify(execFile)
const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function world() {
  const upstream = await startApiUpstream()
  stops.push(() => upstream.stop())
  const proxy = await startProxy({ config: { denials: { shortAfter: 2, pauseAfter: 3, pauseMs: 20_000 } } })
  stops.push(() => proxy.stop())
  proxy.control.addUpstream('api', upstream.url, null, 'http')
  for (const method of ['head', 'post', 'put', 'patch', 'delete'])
    proxy.decision.outcomes.set(`http.${method}`, 'deny')
  proxy.decision.outcomes.set('http.get', 'allow')
  proxy.decision.outcomes.set('http.post', 'hold')
  return { upstream, proxy }
}

/** The status, a header and the document that `curl` gets. */
async function curl({ url, token }: ProxyFixture, ...options: readonly string[]) {
  const write = '%{stderr}%{http_code} %header{retry-after}'
  const { stdout, stderr } = await run('curl', [
    '--silent',
    '--write-out',
    write,
    '--header',
    `authorization: Bearer ${token}`,
    ...options,
    `${url}/http/api/users/7`,
  ])
  const [status, retryAfter] = stderr.split(' ')
  return { status, retryAfter, document: JSON.parse(stdout) as Denial & { readonly detail?: string } }
}

const errorsOf = (document: unknown) => [...Value.Errors(DenialShape, document)].map(({ message }) => message)

test('curl is told of a denial with the facts of every denial, and which methods are permitted', async () => {
  const { proxy, upstream } = await world()
  const { status, document } = await curl(proxy, '--request', 'DELETE')
  expect(status).toBe('403')
  expect(errorsOf(document)).toEqual([])
  expect(document.detail).toBe(document.message)
  expect(document).toMatchObject({
    outcome: 'denied',
    because: 'policy',
    code: 'SP_DENIED',
    action: 'http.delete',
    allowed: [
      { kind: 'method', name: 'GET', needsPerson: false },
      { kind: 'method', name: 'POST', needsPerson: true },
    ],
    retry: 'after_change',
  })
  expect(upstream.seen).toEqual([])
})

test('curl is told with the same facts that a request waits for a person', async () => {
  const { proxy } = await world()
  const { status, retryAfter, document } = await curl(proxy, '--request', 'POST')
  expect([status, retryAfter]).toEqual(['202', '5'])
  expect(errorsOf(document)).toEqual([])
  expect(document).toMatchObject({
    outcome: 'pending',
    code: 'SP_PENDING',
    retry: 'same_call',
    retryAfterMs: 5000,
  })
})

test('curl that repeats a denied request unchanged gets 429 and is told when to come back', async () => {
  const { proxy } = await world()
  const first = await curl(proxy, '--request', 'DELETE')
  const second = await curl(proxy, '--request', 'DELETE')
  const third = await curl(proxy, '--request', 'DELETE')
  expect([first.status, second.status, third.status]).toEqual(['403', '403', '429'])
  expect(second.document.message.length).toBeLessThan(first.document.message.length / 2)
  expect(third.retryAfter).toBe('20')
  expect(third.document).toMatchObject({ outcome: 'paused', times: 3 })
  const { data } = await proxy.recorded('sallyport.action.repeated.v1')
  expect(data).toMatchObject({ action: 'http.delete', connector: 'http', times: 3, pauseMs: 20_000 })
})

test('curl whose request cannot be read is told with the same facts', async () => {
  const { proxy } = await world()
  const json = ['--header', 'content-type: application/json', '--data', '{"a":1,"a":2}']
  const { status, document } = await curl(proxy, ...json)
  expect(status).toBe('400')
  expect(errorsOf(document)).toEqual([])
  expect(document).toMatchObject({ because: 'protocol', code: 'SP_JSON_NOT_STRICT', retry: 'changed_call' })
})
