import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { canonicalArguments } from './canonical-arguments.ts'
import { decodeJson } from './decode-json.ts'
import { decodeMessage } from './decode-message.ts'
import { BatchRefused, NotJsonRpc, NotStrictJson } from './errors.ts'
import { JsonTooLarge } from './limit-errors.ts'
import type { Message } from './message.ts'

const read = (text: string): Message => decodeMessage(Buffer.from(text))

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (thrown) {
    return thrown
  }
  throw new Error('nothing was thrown')
}

describe('decodeMessage', () => {
  it('tells a request, a notification, a result and an error apart', () => {
    expect(read('{"jsonrpc":"2.0","id":0,"method":"ping"}')).toMatchObject({ kind: 'request', id: 0 })
    expect(read('{"jsonrpc":"2.0","method":"notifications/initialized"}').kind).toBe('notification')
    expect(read('{"jsonrpc":"2.0","id":"a","result":null}')).toMatchObject({ kind: 'response', result: null })
    expect(read('{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"m"}}')).toMatchObject({
      kind: 'response',
      id: null,
      error: { code: -1 },
    })
  })

  it('forwards text without whitespace and needless escapes, with number lexemes as they came', () => {
    const message = read(
      ' {"jsonrpc" : "2.0",\r\n"id":1,"method":"tools\\/call",\t"params":{"name":"\\u0061\\u000A","arguments":{"n":[1.0,-0,1E+2,12345678901234567890]}}} ',
    )
    expect(message.canonical).toBe(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a\\n","arguments":{"n":[1.0,-0,1E+2,12345678901234567890]}}}',
    )
  })

  it('reads 64 levels', () => {
    expect(decodeJson(Buffer.from('['.repeat(64) + ']'.repeat(64))).canonical).toHaveLength(128)
  })

  it('names the place of a fault as a pointer, shortened and printable, and never a value', () => {
    const body = `{"jsonrpc":"2.0","id":1,"method":"m","params":{"a/b~":[0,{"k\\u001b[31m${'k'.repeat(99)}":"s3cret","k\\u001b[31m${'k'.repeat(99)}":1}]}}`
    const thrown = thrownBy(() => read(body)) as NotStrictJson
    expect(thrown).toBeInstanceOf(NotStrictJson)
    expect(thrown.place).toBe(`/params/a~1b~0/1/k�[31m${'k'.repeat(34)}…`)
    expect(inspect(thrown)).not.toContain('s3cret')
  })

  it('caps bytes, whether they come as bytes or as text', () => {
    const text = `"${'é'.repeat(10)}"`
    expect(decodeJson(Buffer.from(text), { maxBytes: 22 }).canonical).toBe(text)
    expect(thrownBy(() => decodeJson(Buffer.from(text), { maxBytes: 21 }))).toBeInstanceOf(JsonTooLarge)
    expect(decodeJson(text, { maxBytes: 22 }).canonical).toBe(text)
    expect(thrownBy(() => decodeJson(text, { maxBytes: 21 }))).toBeInstanceOf(JsonTooLarge)
  })

  it('refuses text that was never UTF-8', () => {
    expect(thrownBy(() => decodeJson('"\ud800"'))).toMatchObject({ rule: 'utf8' })
  })

  it('keeps what is not JSON-RPC for the record, out of sight of loggers', () => {
    const thrown = thrownBy(() => read('{ "hello": "s3cret" }')) as NotJsonRpc
    expect(thrown).toBeInstanceOf(NotJsonRpc)
    expect(thrown.canonical).toBe('{"hello":"s3cret"}')
    expect(thrown.value).toEqual({ hello: 's3cret' })
    expect(thrown.resemblesMessage).toBe(false)
    expect(inspect(thrown, { showHidden: true }) + JSON.stringify(thrown)).not.toContain('s3cret')
  })

  it.each([
    '{"method":"tools/call","params":{"name":"delete"}}',
    '{"jsonrpc":"1.0","id":1,"method":"tools/call","params":{"name":"delete"}}',
    '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"delete"}}',
  ])('says of %s that a lenient server might run it', (body) => {
    expect(thrownBy(() => read(body))).toMatchObject({ resemblesMessage: true })
  })
})

describe('a batch, where it is allowed', () => {
  const batch = (text: string) => decodeMessage(Buffer.from(text), { allowBatch: true })

  it('is judged message by message, each with its own canonical text', () => {
    const decoded = batch(
      '[ {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a,]","arguments":{"n":1.0}}}, {"jsonrpc":"2.0","method":"x"} ]',
    )
    if (decoded.kind !== 'batch') throw new Error('not a batch')
    expect(decoded.messages.map((message) => message.canonical)).toEqual([
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a,]","arguments":{"n":1.0}}}',
      '{"jsonrpc":"2.0","method":"x"}',
    ])
    expect(decoded.canonical).toBe(`[${decoded.messages.map((message) => message.canonical).join(',')}]`)
  })

  it('falls as a whole with one bad message, whose place is named', () => {
    const thrown = thrownBy(() => batch('[{"jsonrpc":"2.0","method":"x"},{"jsonrpc":"2.0","method":1}]'))
    expect(thrown).toMatchObject({ rule: 'method', place: '/1/method', resemblesMessage: true })
  })

  it('must not be empty and may not nest', () => {
    expect(thrownBy(() => batch('[]'))).toMatchObject({ rule: 'empty-batch' })
    const nested = thrownBy(() => batch('[[{"jsonrpc":"2.0","id":1,"method":"ping"}]]'))
    expect(nested).toMatchObject({ rule: 'not-an-object', resemblesMessage: true })
  })

  it('does not hide a lookalike key', () => {
    const thrown = thrownBy(() => batch('[{"jsonrpc":"2.0","Method":"x"}]'))
    expect(thrown).toMatchObject({ rule: 'lookalike-key', place: '/0/Method' })
  })

  it('is refused elsewhere, also among responses', () => {
    expect(thrownBy(() => read('[{"jsonrpc":"2.0","id":1,"result":{}}]'))).toBeInstanceOf(BatchRefused)
  })
})

describe('canonicalArguments', () => {
  const digested = (params: string, method = 'tools/call') =>
    canonicalArguments(read(`{"jsonrpc":"2.0","params":${params},"method":"${method}","id":1}`))

  it('orders keys by UTF-16 units at every level and keeps arrays and lexemes', () => {
    // RFC 8785 section 3.2.3: the astral key comes before U+FB33 although its code point is higher.
    expect(
      digested('{"arguments":{"\ufb33":1,"\u{1f600}":1.0,"b":[{"d":1e0,"c":-0}],"a":{}},"name":"x"}'),
    ).toBe('{"a":{},"b":[{"c":-0,"d":1e0}],"\u{1f600}":1.0,"\ufb33":1}')
  })

  it('orders by what a key says, not by how it is escaped', () => {
    expect(digested('{"name":"x","arguments":{"a\\"":1,"a\\\\":3,"a!":2,"\\n":0}}')).toBe(
      '{"\\n":0,"a!":2,"a\\"":1,"a\\\\":3}',
    )
  })

  it('tells absent from empty arguments', () => {
    expect(digested('{"name":"x"}')).toBe('null')
    expect(digested('{"name":"x","arguments":{}}')).toBe('{}')
  })

  it('is not led astray by a member of the same name elsewhere', () => {
    expect(
      digested('{"_meta":{"arguments":{"z":1}},"name":"arguments","arguments":{"y":"\\"arguments\\":"}}'),
    ).toBe('{"y":"\\"arguments\\":"}')
  })

  it('takes in what a tools/call says beside its arguments, and nesting cannot imitate it', () => {
    const more = digested('{"name":"x","task":{"ttl":1},"arguments":{"a":1},"_meta":{"progressToken":7}}')
    expect(more).toBe('params {"arguments":{"a":1},"name":"x","task":{"ttl":1}}')
    expect(digested('{"name":"x","arguments":{"arguments":{"a":1},"name":"x","task":{"ttl":1}}}')).not.toBe(
      more,
    )
  })

  it('takes in a method that MCP does not know: two of them may have one name', () => {
    const texts = ['custom/send', 'custom_send', 'notifications/deploy', 'notifications/drop'].map((method) =>
      digested('{"to":"all"}', method),
    )
    expect(new Set(texts).size).toBe(4)
    expect(texts[0]).toBe('message {"jsonrpc":"2.0","method":"custom/send","params":{"to":"all"}}')
  })

  it('takes the params of other methods without _meta', () => {
    expect(
      digested('{"uri":"file:///b","_meta":{"progressToken":7},"a":{"_meta":1}}', 'resources/read'),
    ).toBe('{"a":{"_meta":1},"uri":"file:///b"}')
    expect(digested('[{"b":1,"a":2}]', 'resources/read')).toBe('[{"a":2,"b":1}]')
    expect(canonicalArguments(read('{"jsonrpc":"2.0","id":1,"method":"ping"}'))).toBe('null')
  })
})
