import type { IncomingHttpHeaders } from 'node:http'
import { type Message, UNBOUNDED } from '@sallyport/jsonrpc'
import { silentLogger } from '@sallyport/runtime'
import { beforeEach, describe, expect, test } from 'vitest'
import type { DroppedMessage } from '../../domain/dropped-message.ts'
import { UpstreamExited, type UpstreamFault } from '../../domain/upstream-faults.ts'
import { UpstreamReceiver } from '../upstream-receiver.ts'
import { ChannelExchanges } from './channel-exchanges.ts'

/** The answer that one exchange was given. */
class Taken extends UpstreamReceiver {
  status = 0
  type: string | undefined
  session: string | undefined
  text = ''
  messages: Message[] = []
  end: 'open' | 'ended' | string = 'open'
  told: UpstreamFault | undefined

  protected override onHead(status: number, headers: IncomingHttpHeaders) {
    this.status = status
    this.type = headers['content-type']
    this.session = headers['mcp-session-id'] as string | undefined
  }
  protected override onBytes(bytes: Buffer) {
    this.text += bytes.toString()
  }
  protected override onMessage(message: Message, bytes: Buffer) {
    this.messages.push(message)
    super.onMessage(message, bytes)
  }
  protected override onEnd() {
    this.end = 'ended'
    this.onEnded(this.end)
  }
  protected override onFault(fault: UpstreamFault) {
    this.end = fault.code
    this.onEnded(this.end)
    this.told = fault
  }
  onEnded: (end: string) => void = () => {}
  hold = () => this.pause()
  goOn = () => this.resume()
}

let sent: string[]
let paused: boolean
let takes: boolean
let channel: ChannelExchanges
let warned: string[]
let dropped: DroppedMessage[]

beforeEach(() => {
  sent = []
  paused = false
  takes = true
  warned = []
  dropped = []
  channel = new ChannelExchanges({
    peer: {
      send: (text) => takes && sent.push(text) > 0,
      pause: () => {
        paused = true
      },
      resume: () => {
        paused = false
      },
      close: () => {},
    },
    sessionId: 'the-session',
    limits: { json: { ...UNBOUNDED, maxBytes: 1024 * 1024 }, open: 3, firstMs: 0, silentMs: 0 },
    onDropped: (message) => void dropped.push(message),
    logger: { ...silentLogger, warn: (_, message) => void warned.push(message) },
  })
})

const json = (message: object) => JSON.stringify({ jsonrpc: '2.0', ...message })
const request = (id: string | number, params: object = {}) => json({ id, method: 'tools/call', params })
const named = (id: string | number, meta: object = {}) => request(id, { name: 'echo', _meta: meta })
const result = (id: string | number, value: string) => json({ id, result: { value } })

function post(body: string): Taken {
  const taken = new Taken()
  channel.send({ method: 'POST', body }, taken)
  return taken
}

function openStream(): Taken {
  const taken = new Taken()
  channel.send({ method: 'GET', body: null }, taken)
  return taken
}

test('answers find their request by the exact id, in whatever order they come', () => {
  const number = post(named(1))
  const text = post(named('1'))
  channel.take(result('1', 'for the text'))
  channel.take(result(1, 'for the number'))
  expect(text).toMatchObject({ status: 200, type: 'application/json', end: 'ended', session: 'the-session' })
  expect(text.text).toBe(result('1', 'for the text'))
  expect(number.text).toBe(result(1, 'for the number'))
})

test('an id that is under way is not sent a second time', () => {
  post(named(1))
  expect(post(named(1)).end).toBe('SP_UPSTREAM_BUSY')
  expect(sent).toHaveLength(1)
})

test('progress reaches the request whose token it names, before its answer, as a stream', () => {
  const first = post(named(1, { progressToken: 'a' }))
  const second = post(named(2, { progressToken: 'b' }))
  const progress = json({ method: 'notifications/progress', params: { progressToken: 'a', progress: 1 } })
  channel.take(progress)
  channel.take(result(1, 'done'))
  expect(first.type).toBe('text/event-stream')
  expect(first.text).toBe(
    `event: message\ndata: ${progress}\n\nevent: message\ndata: ${result(1, 'done')}\n\n`,
  )
  expect(second.text).toBe('')
})

test('a message that the server sends unasked waits for the stream of its client', () => {
  const note = json({ method: 'notifications/tools/list_changed' })
  channel.take(note)
  expect(openStream().text).toContain(note)
})

test('a request of the server goes to the latest call where its client has no stream', () => {
  post(named(1))
  const latest = post(named(2))
  channel.take(json({ id: 0, method: 'roots/list' }))
  expect(latest.text).toContain('roots/list')
})

test('a caller that goes away is told to the server, and its late answer is dropped', () => {
  const gone = post(named(7))
  gone.stop()
  expect(JSON.parse(sent[1] ?? '')).toMatchObject({
    method: 'notifications/cancelled',
    params: { requestId: 7 },
  })
  channel.take(result(7, 'late'))
  expect(gone.text).toBe('')
})

test('a server that ends fails everything that waits, and everything after', () => {
  const waiting = post(named(1))
  const stream = openStream()
  channel.end(new UpstreamExited('it ended with code 1'))
  expect(waiting.end).toBe('SP_UPSTREAM_EXITED')
  expect(stream.end).toBe('ended')
  expect(post(named(2)).end).toBe('SP_UPSTREAM_EXITED')
  expect(sent).toHaveLength(1)
})

test('a line that is not strict JSON is dropped, and fails the call whose id it has', () => {
  const twice = post(named(1))
  const other = post(named(2))
  channel.take('a library that prints')
  channel.take('{"jsonrpc":"2.0","id":1,"result":{},"result":{"value":"other"}}')
  expect(twice.end).toBe('SP_UPSTREAM_ANSWER_INVALID')
  expect(other.end).toBe('open')
})

test('a server that does not read, or has too much to do, gets no more', () => {
  for (const id of [1, 2, 3]) expect(post(named(id)).end).toBe('open')
  expect(post(named(4)).end).toBe('SP_UPSTREAM_BUSY')
  channel.take(result(3, 'done'))
  takes = false
  expect(post(named(5)).end).toBe('SP_UPSTREAM_BUSY')
})

test('a caller that reads slowly stops the server until it reads again', () => {
  const slow = post(named(1, { progressToken: 1 }))
  slow.hold()
  expect(paused).toBe(true)
  channel.take(json({ method: 'notifications/progress', params: { progressToken: 1, progress: 1 } }))
  expect(slow.text).toBe('')
  slow.goOn()
  expect(paused).toBe(false)
  expect(slow.text).toContain('notifications/progress')
})

test('a stream that nobody reads ends instead of filling the memory', () => {
  const stream = openStream()
  stream.hold()
  expect(paused).toBe(false)
  const note = json({ method: 'notifications/message', params: { data: 'x'.repeat(900) } })
  for (let i = 0; i < 1200; i++) channel.take(note)
  expect(stream.end).toBe('ended')
})

test('a text that is not an MCP message is not sent', () => {
  expect(post('{"hello":1}')).toMatchObject({ status: 400, end: 'ended' })
  expect(sent).toEqual([])
})

test('a server that prints what it likes is told of line by line; one that talks to nobody, once', () => {
  for (let i = 0; i < 1000; i++) {
    channel.take('a library that prints')
    channel.take(json({ method: 'notifications/message', params: { data: i } }))
  }
  expect(warned).toHaveLength(1)
  expect(dropped).toHaveLength(1000)
})

test('a mark at the beginning of a line says nothing', () => {
  const waiting = post(named(1))
  channel.take(`\ufeff${result(1, 'done')}`)
  expect(waiting.text).toBe(result(1, 'done'))
})

test.each([
  [
    'its id stands at the end',
    `{"result":{"n":1e999},"jsonrpc":"2.0","id":"tag-of-the-request.1"}`,
    'number-range',
  ],
  [
    'it is cut off',
    '{"jsonrpc":"2.0","id":"tag-of-the-request.1","result":{"value":"never en',
    'unexpected-end',
  ],
  ['it is no JSON at all', 'ERROR tag-of-the-request.1 failed', 'unexpected-character'],
])('a line that cannot be read fails the call that it is about, with the rule: %s', (_, line, rule) => {
  const about = post(named('tag-of-the-request.1'))
  const other = post(named('tag-of-the-request.2'))
  channel.take(line)
  expect([about.end, about.told?.details['rule']]).toEqual(['SP_UPSTREAM_ANSWER_INVALID', rule])
  expect(other.end).toBe('open')
  expect(dropped).toMatchObject([{ reason: 'refused', rule }])
})

test('an unreadable answer without an id fails the only call that waits', () => {
  const only = post(named('tag-of-the-request.1'))
  channel.take('{"jsonrpc":"2.0","result":{"value":"\\ud800"}}')
  expect(only.told?.message).toContain('half of a surrogate pair in a string at /result/value')
  expect(only.told?.message).toContain('outcome unknown')
})

test('a line that is no answer fails nobody, and whoever waits is told once', () => {
  const waiting = [post(named(1)), post(named(2))]
  channel.take('a library that prints')
  channel.take('{"level":30,"msg":"started"}')
  channel.take(result(1, 'done'))
  channel.take(result(2, 'done'))
  for (const { text, end } of waiting) {
    expect(end).toBe('ended')
    expect(
      text.match(/a line of the server was dropped: a character that RFC 8259 does not allow here/g),
    ).toHaveLength(1)
    expect(text).toContain('"value":"done"')
  }
  expect(dropped.map(({ rule }) => rule)).toEqual(['unexpected-character', 'unknown-member'])
})

test('a second answer is dropped and told, and so is one to nothing', () => {
  const waiting = post(named(1))
  channel.take(result(1, 'done'))
  channel.take(result(1, 'again'))
  channel.take(result('1', 'never asked'))
  channel.take(json({ id: null, error: { code: -32_700, message: 'what?' } }))
  expect(waiting.text).toBe(result(1, 'done'))
  expect(dropped.map(({ reason }) => reason)).toEqual(['answered', 'unasked', 'unasked'])
})

test('an error without an id answers the only call', () => {
  const only = post(named(1))
  channel.take(json({ id: null, error: { code: -32_700, message: 'what?' } }))
  expect(only).toMatchObject({ end: 'ended' })
  expect(dropped).toEqual([])
})

test('a message is decoded once: its receiver gets it as it was read', () => {
  const taken = post(named(1, { progressToken: 'a' }))
  channel.take(json({ method: 'notifications/progress', params: { progressToken: 'a', progress: 1 } }))
  channel.take(result(1, 'done'))
  expect(taken.messages).toMatchObject([
    { kind: 'notification', method: 'notifications/progress' },
    { kind: 'response', id: 1, result: { value: 'done' } },
  ])
})

test('a list keeps the entries that were left out of it, for whoever reads it next', () => {
  const taken = post(named(1))
  channel.take('{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a"},{"name":"b","name":"c"}]}}')
  expect(taken.messages).toMatchObject([
    { result: { tools: [{ name: 'a' }] }, refused: [{ list: 'tools', index: 1 }] },
  ])
  expect(taken.text).toBe('{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a"}]}}')
})

describe('a line of many kilobytes', () => {
  const long = (id: number) => result(id, 'x'.repeat(300 * 1024))

  test('is read in turns, and the peer not meanwhile', async () => {
    const waiting = post(named(1))
    channel.take(long(1))
    expect([waiting.end, paused]).toEqual(['open', true])
    await expect.poll(() => waiting.end).toBe('ended')
    await expect.poll(() => paused).toBe(false)
    expect(waiting.text).toBe(long(1))
  })

  test('keeps its place before what comes after it, also before the end of the peer', async () => {
    const ends: string[] = []
    const waiting = [1, 2, 3].map((id) => {
      const taken = post(named(id))
      taken.onEnded = (end) => ends.push(`${id} ${end}`)
      return taken
    })
    channel.take(long(1))
    channel.take(result(2, 'short'))
    channel.end(new UpstreamExited('it ended with code 0'))
    await expect.poll(() => waiting.every(({ end }) => end !== 'open')).toBe(true)
    expect(ends).toEqual(['1 ended', '2 ended', '3 SP_UPSTREAM_EXITED'])
  })

  test('that cannot be read fails the call that it is about, and others go on', async () => {
    const about = post(named('tag-of-the-request.1'))
    const other = post(named(2))
    channel.take(long(0).replace('"id":0', '"id":"tag-of-the-request.1","id":0'))
    channel.take(result(2, 'done'))
    await expect.poll(() => other.end).toBe('ended')
    expect(about.end).toBe('SP_UPSTREAM_ANSWER_INVALID')
  })
})
