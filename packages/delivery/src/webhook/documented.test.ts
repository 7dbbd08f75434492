import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { expect, test } from 'vitest'
import { derivedSecret, keyOfSecret, signedHeaders } from './index.ts'

type Verify = (secret: string, headers: Record<string, string | undefined>, body: string) => void

/** The lines of docs/webhooks.md, as somebody would copy them. */
async function documented(): Promise<Verify> {
  const page = readFileSync(new URL('../../../../docs/webhooks.md', import.meta.url), 'utf8')
  const code = /```ts\n(.*?)```/s.exec(page)?.[1] ?? ''
  const script = Buffer.from(stripTypeScriptTypes(code)).toString('base64')
  const { verify } = (await import(`data:text/javascript;base64,${script}`)) as { verify: Verify }
  return verify
}

test('the documented lines verify our messages and refuse what is changed, old or signed by another', async () => {
  const verify = await documented()
  const secret = derivedSecret(Buffer.alloc(32, 'i'), 'a')
  const message = { id: 'e-1', body: '{"data":{"name":"ünïcode ✓"}}' }
  const headers = signedHeaders(message, keyOfSecret(secret), new Date())
  expect(() => verify(secret, headers, message.body)).not.toThrow()
  const several = { ...headers, 'webhook-signature': `v1,AAAA ${headers['webhook-signature']}` }
  expect(() => verify(secret, several, message.body)).not.toThrow()

  const other = derivedSecret(Buffer.alloc(32, 'i'), 'b')
  expect(() => verify(other, headers, message.body)).toThrow(/signed/)
  expect(() => verify(secret, headers, `${message.body} `)).toThrow(/signed/)
  expect(() => verify(secret, { ...headers, 'webhook-id': 'e-2' }, message.body)).toThrow(/signed/)
  expect(() => verify(secret, {}, message.body)).toThrow()
  const old = signedHeaders(message, keyOfSecret(secret), new Date(Date.now() - 600_000))
  expect(() => verify(secret, old, message.body)).toThrow(/of now/)
})
