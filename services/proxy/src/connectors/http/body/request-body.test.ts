import { createHash } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { BodyTooSlow, TooManyBytes } from '../../../governing/limits/errors.ts'
import { Memory } from '../../../governing/limits/memory.ts'
import { RequestBody } from './request-body.ts'

const RULES = { keepBytes: 8, keepMs: 5000, idleMs: 5000 }
const memory = () => new Memory(1024, 1024)
const bodyOf = (incoming: Readable, rules = RULES, begin = () => {}) =>
  new RequestBody(incoming, rules, memory().share('g'), begin)
const chunks = (...texts: string[]) => Readable.from(texts.map((text) => Buffer.from(text)))

test('a small body is kept whole', async () => {
  const body = bodyOf(chunks('ab', 'cd'))
  expect(await body.keep()).toEqual(Buffer.from('abcd'))
  expect(body.ended).toBe(true)
})

test('what a larger one has sent is the beginning of its stream, and all of it is hashed', async () => {
  const body = bodyOf(chunks('abcd', 'efgh', 'ij', 'kl'))
  expect(await body.keep()).toBeUndefined()
  expect(await buffer(body.stream())).toEqual(Buffer.from('abcdefghijkl'))
  const sha256 = createHash('sha256').update('abcdefghijkl').digest('hex')
  expect(body.sent).toEqual({ bytes: 12, sha256 })
})

test('a body that was kept can go as a stream after all', async () => {
  const body = bodyOf(chunks('ab', 'cd'))
  await body.keep()
  expect(await buffer(body.stream())).toEqual(Buffer.from('abcd'))
})

test('a client that asked first is told once to send it, and only when it is wanted', async () => {
  let begun = 0
  const body = bodyOf(chunks('ab'), RULES, () => begun++)
  expect(begun).toBe(0)
  await body.keep()
  await buffer(body.stream())
  expect(begun).toBe(1)
})

test('nothing is read before it is wanted, nor faster than it is taken', async () => {
  let given = 0
  const incoming = new Readable({
    read() {
      given += 1
      this.push(given > 1000 ? null : Buffer.alloc(64 * 1024))
    },
  })
  const body = bodyOf(incoming)
  const stream = body.stream()
  const [first] = await new Promise<Buffer[]>((resolve) =>
    stream.once('readable', () => resolve([stream.read() as Buffer])),
  )
  expect(first?.length).toBeGreaterThan(0)
  expect(given).toBeLessThan(10)
  stream.destroy()
})

test('one that does not come in time is refused', async () => {
  await expect(bodyOf(new PassThrough(), { ...RULES, keepMs: 1 }).keep()).rejects.toThrow(BodyTooSlow)
  await expect(buffer(bodyOf(new PassThrough(), { ...RULES, idleMs: 1 }).stream())).rejects.toThrow(
    BodyTooSlow,
  )
})

test('one for which there is no room is refused', async () => {
  const body = new RequestBody(chunks('abcdefgh'), RULES, new Memory(4, 4).share('g'), () => {})
  await expect(body.keep()).rejects.toThrow(TooManyBytes)
})

test('a stream that is not read to its end leaves the connection open', async () => {
  const incoming = new PassThrough()
  const stream = bodyOf(incoming).stream()
  incoming.write('ab')
  await new Promise((resolve) => stream.once('data', resolve))
  stream.destroy()
  await new Promise((resolve) => stream.once('close', resolve))
  expect(incoming.destroyed).toBe(false)
})

test('a body that breaks off breaks off upstream too', async () => {
  const incoming = new PassThrough()
  const body = bodyOf(incoming)
  const read = buffer(body.stream())
  incoming.write('ab')
  incoming.destroy(new Error('aborted'))
  await expect(read).rejects.toThrow('aborted')
  expect(body.sent.sha256).toBeNull()
})
