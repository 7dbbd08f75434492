import { SallyportError } from '@sallyport/runtime'
import { describe, expect, it } from 'vitest'
import { decodeMessage } from './decode-message.ts'

const call = (params: string) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`
const args = (value: string) => call(`{"name":"read","arguments":{"x":${value}}}`)
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)))

/** What an attacker sends, and the rule that refuses it. */
const STRICT: [what: string, body: string | Uint8Array, rule: string][] = [
  ['an empty body', '', 'unexpected-end'],
  ['only whitespace', ' \r\n\t', 'unexpected-end'],
  ['a UTF-8 byte order mark', bytes([0xef, 0xbb, 0xbf], call('{"name":"read"}')), 'bom'],
  ['a UTF-16LE body with its mark', Buffer.from(`\ufeff${call('{"name":"read"}')}`, 'utf16le'), 'utf8'],
  ['a UTF-16LE body without', Buffer.from(call('{"name":"read"}'), 'utf16le'), 'unexpected-character'],
  ['an overlong slash', bytes('{"a":"', [0xc0, 0xaf], '"}'), 'utf8'],
  ['a surrogate written as UTF-8 (CESU-8)', bytes('{"a":"', [0xed, 0xa0, 0x80], '"}'), 'utf8'],
  ['a truncated sequence', bytes('{"a":"', [0xe2, 0x82], '"}'), 'utf8'],
  ['a code point above U+10FFFF', bytes('{"a":"', [0xf4, 0x90, 0x80, 0x80], '"}'), 'utf8'],
  ['a gzip body', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0), 'utf8'],
  ['a second method', '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}', 'duplicate-key'],
  [
    'an escaped second method',
    '{"jsonrpc":"2.0","id":1,"method":"ping","\\u006dethod":"x"}',
    'duplicate-key',
  ],
  ['a second params', '{"jsonrpc":"2.0","id":1,"method":"ping","params":{},"params":{}}', 'duplicate-key'],
  ['a second id', '{"jsonrpc":"2.0","id":1,"method":"ping","id":2}', 'duplicate-key'],
  ['a second name', call('{"name":"read","name":"delete"}'), 'duplicate-key'],
  ['a second name, escaped', call('{"name":"read","n\\u0061me":"delete"}'), 'duplicate-key'],
  ['a second path deep in the arguments', args('[{"p":1,"p":2}]'), 'duplicate-key'],
  ['a repeated key after a slash escape', args('{"a/b":1,"a\\/b":2}'), 'duplicate-key'],
  ['a repeated astral key', args('{"😀":1,"\\ud83d\\ude00":2}'), 'duplicate-key'],
  [
    'a repeated key among many',
    args(`{${Array.from({ length: 40 }, (_, i) => `"k${i}":0`).join(',')},"k3":1}`),
    'duplicate-key',
  ],
  ['a repeated empty key', args('{"":1,"":2}'), 'duplicate-key'],
  ['__proto__', args('{"__proto__":{"admin":true}}'), 'unsafe-key'],
  ['__proto__ with an escape', args('{"\\u005f_proto__":1}'), 'unsafe-key'],
  ['constructor', args('{"constructor":{"prototype":{}}}'), 'unsafe-key'],
  ['prototype', args('{"prototype":1}'), 'unsafe-key'],
  ['__proto__ beside method', '{"__proto__":{"method":"tools/call"},"jsonrpc":"2.0"}', 'unsafe-key'],
  ['a key that stops at NUL', '{"jsonrpc":"2.0","id":1,"method":"ping","method\\u0000x":"y"}', 'nul-in-key'],
  ['a NUL key deep inside', args('{"a\\u0000":1}'), 'nul-in-key'],
  ['Method', '{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}', 'lookalike-key'],
  ['METHOD alone', '{"jsonrpc":"2.0","id":1,"METHOD":"tools/call"}', 'lookalike-key'],
  ['JSONRPC', '{"JSONRPC":"2.0","id":1,"method":"ping"}', 'lookalike-key'],
  ['ID', '{"jsonrpc":"2.0","ID":1,"method":"tools/call"}', 'lookalike-key'],
  ['paramſ', '{"jsonrpc":"2.0","id":1,"method":"ping","param\u017f":{}}', 'lookalike-key'],
  ['paramſ, escaped', '{"jsonrpc":"2.0","id":1,"method":"ping","param\\u017f":{}}', 'lookalike-key'],
  ['reſult', '{"jsonrpc":"2.0","id":1,"re\u017fult":{}}', 'lookalike-key'],
  ['full-width method', '{"jsonrpc":"2.0","id":1,"ｍｅｔｈｏｄ":"x"}', 'lookalike-key'],
  ['mathematical method', '{"jsonrpc":"2.0","id":1,"𝐦𝐞𝐭𝐡𝐨𝐝":"x"}', 'lookalike-key'],
  ['method with a zero-width space', '{"jsonrpc":"2.0","id":1,"met\u200bhod":"x"}', 'lookalike-key'],
  ['method with a soft hyphen', '{"jsonrpc":"2.0","id":1,"met\u00adhod":"x"}', 'lookalike-key'],
  ['method with a space', '{"jsonrpc":"2.0","id":1,"method ":"x"}', 'lookalike-key'],
  ['method with a mark inside', '{"jsonrpc":"2.0","id":1,"\\ufeffmethod":"x"}', 'lookalike-key'],
  ['a dotless id', '{"jsonrpc":"2.0","\u0131d":1,"method":"ping"}', 'lookalike-key'],
  ['Name in params', call('{"name":"read","Name":"delete"}'), 'lookalike-key'],
  ['Arguments in params', call('{"name":"read","Arguments":{}}'), 'lookalike-key'],
  ['argumentſ in params', call('{"name":"read","argument\u017f":{}}'), 'lookalike-key'],
  [
    'URI in params',
    '{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"URI":"x"}}',
    'lookalike-key',
  ],
  ['taſK with the Kelvin sign', call('{"name":"read","tas\u212a":{}}'), 'lookalike-key'],
  ['_META in params', call('{"name":"read","_META":{}}'), 'lookalike-key'],
  ['ProgressToken in _meta', call('{"name":"read","_meta":{"ProgressToken":1}}'), 'lookalike-key'],
  ['IsError in a result', '{"jsonrpc":"2.0","id":1,"result":{"IsError":true}}', 'lookalike-key'],
  ['Code in an error', '{"jsonrpc":"2.0","id":1,"error":{"Code":1,"code":2,"message":""}}', 'lookalike-key'],
  ['a second value', `${call('{"name":"read"}')}${call('{"name":"delete"}')}`, 'trailing-data'],
  ['a second line', `${call('{"name":"read"}')}\n{}`, 'trailing-data'],
  ['a NUL after the value', `${call('{"name":"read"}')}\0`, 'trailing-data'],
  ['a lone high surrogate', args('"\\ud800"'), 'lone-surrogate'],
  ['a lone low surrogate', args('"\\udc00 "'), 'lone-surrogate'],
  ['a pair in the wrong order', args('"\\udc00\\ud800"'), 'lone-surrogate'],
  ['a lone surrogate in a key', args('{"\\ud800":1}'), 'lone-surrogate'],
  ['NaN', args('NaN'), 'unexpected-character'],
  ['Infinity', args('Infinity'), 'unexpected-character'],
  ['-Infinity', args('-Infinity'), 'unexpected-character'],
  ['undefined', args('undefined'), 'unexpected-character'],
  ['True', args('True'), 'unexpected-character'],
  ['a leading zero', args('010'), 'unexpected-character'],
  ['hexadecimal', args('0x10'), 'unexpected-character'],
  ['a plus sign', args('+1'), 'unexpected-character'],
  ['a bare fraction', args('.5'), 'unexpected-character'],
  ['an unfinished fraction', args('1.'), 'unexpected-character'],
  ['an unfinished exponent', args('1e+'), 'unexpected-character'],
  ['a number no double holds', args('1e400'), 'number-range'],
  ['a long number no double holds', args('9'.repeat(400)), 'number-range'],
  ['a number of a million digits', args(`0.${'1'.repeat(1_000_000)}`), 'number-length'],
  ['a line comment', '{"a":1}//', 'trailing-data'],
  ['a comment inside', '{/**/"a":1}', 'unexpected-character'],
  ['a trailing comma in an object', '{"a":1,}', 'unexpected-character'],
  ['a trailing comma in an array', '[1,]', 'unexpected-character'],
  ['a leading comma', '[,1]', 'unexpected-character'],
  ['single quotes', "{'a':1}", 'unexpected-character'],
  ['an unquoted key', '{method:"ping"}', 'unexpected-character'],
  ['a number as a key', '{1:1}', 'unexpected-character'],
  ['a missing colon', '{"a" 1}', 'unexpected-character'],
  ['a wrong bracket', '{"a":[1}', 'unexpected-character'],
  ['a raw newline in a string', '{"a":"\n"}', 'control-character'],
  ['a raw NUL in a string', '{"a":"\0"}', 'control-character'],
  ['an escape of JavaScript', '{"a":"\\x41"}', 'invalid-escape'],
  ['an escaped single quote', `{"a":"\\'"}`, 'invalid-escape'],
  ['a short unicode escape', '{"a":"\\u12"}', 'invalid-escape'],
  ['a unicode escape that is not hexadecimal', '{"a":"\\u00g0"}', 'invalid-escape'],
  ['a braced unicode escape', '{"a":"\\u{41}"}', 'invalid-escape'],
  ['a string never closed', '{"a":"b', 'unexpected-end'],
  ['a string that ends in a backslash', '{"a":"\\', 'unexpected-end'],
  ['an object never closed', '{"a":1', 'unexpected-end'],
  ['a no-break space between tokens', '{\u00a0"a":1}', 'unexpected-character'],
  ['a form feed between tokens', '{\f"a":1}', 'unexpected-character'],
]

const SHAPE: [what: string, body: string, rule: string][] = [
  ['a number', '1', 'not-an-object'],
  ['null', 'null', 'not-an-object'],
  ['an empty object', '{}', 'version'],
  ['no version', '{"id":1,"method":"ping"}', 'version'],
  ['another version', '{"jsonrpc":"1.0","id":1,"method":"ping"}', 'version'],
  ['a version as a number', '{"jsonrpc":2.0,"id":1,"method":"ping"}', 'version'],
  ['nothing but a version', '{"jsonrpc":"2.0","id":1}', 'shapeless'],
  ['an unknown member', '{"jsonrpc":"2.0","id":1,"method":"ping","token":"x"}', 'unknown-member'],
  ['a request that is also a response', '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}', 'mixed'],
  ['a result that is also an error', '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}', 'mixed'],
  ['a response with params', '{"jsonrpc":"2.0","id":1,"result":{},"params":{}}', 'mixed'],
  ['a method that is a list', '{"jsonrpc":"2.0","id":1,"method":["tools/call"]}', 'method'],
  ['an empty method', '{"jsonrpc":"2.0","id":1,"method":""}', 'method'],
  ['a null method', '{"jsonrpc":"2.0","id":1,"method":null}', 'method'],
  ['a null id', '{"jsonrpc":"2.0","id":null,"method":"ping"}', 'id'],
  ['a fractional id', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', 'id'],
  ['an id beyond 2^53', '{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}', 'id'],
  ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', 'id'],
  ['a result without an id', '{"jsonrpc":"2.0","result":{}}', 'id'],
  ['a result with a null id', '{"jsonrpc":"2.0","id":null,"result":{}}', 'id'],
  ['null params', '{"jsonrpc":"2.0","id":1,"method":"ping","params":null}', 'params'],
  ['params as text', '{"jsonrpc":"2.0","id":1,"method":"ping","params":"{}"}', 'params'],
  [
    'tools/call as a notification',
    '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"x"}}',
    'call-without-id',
  ],
  ['tools/call without params', '{"jsonrpc":"2.0","id":1,"method":"tools/call"}', 'call-name'],
  ['tools/call with params in a list', call('["delete"]'), 'call-name'],
  ['a tool name that is a list', call('{"name":["delete"]}'), 'call-name'],
  ['arguments that are a list', call('{"name":"x","arguments":[]}'), 'call-arguments'],
  ['arguments that are null', call('{"name":"x","arguments":null}'), 'call-arguments'],
  ['arguments that are text', call('{"name":"x","arguments":"{}"}'), 'call-arguments'],
  ['an error that is text', '{"jsonrpc":"2.0","id":1,"error":"no"}', 'error'],
  ['an error without a code', '{"jsonrpc":"2.0","id":1,"error":{"message":"no"}}', 'error'],
]

function refusal(body: string | Uint8Array): unknown {
  try {
    decodeMessage(typeof body === 'string' ? Buffer.from(body) : body)
  } catch (thrown) {
    if (thrown instanceof SallyportError)
      return { code: thrown.code, rule: 'rule' in thrown ? thrown.rule : null }
    throw thrown
  }
  return 'accepted'
}

describe('a body that parsers read differently is refused', () => {
  it.each(STRICT)('%s', (_what, body, rule) => {
    expect(refusal(body)).toEqual({ code: 'SP_JSON_NOT_STRICT', rule })
  })
})

describe('strict JSON that is not a message of MCP is refused as such', () => {
  it.each(SHAPE)('%s', (_what, body, rule) => {
    expect(refusal(body)).toEqual({ code: 'SP_JSONRPC_INVALID', rule })
  })
})

describe('a batch is refused by its own error', () => {
  it.each(['[]', '[1]', `[${call('{"name":"read"}')}]`])('%s', (body) => {
    expect(refusal(body)).toEqual({ code: 'SP_JSONRPC_BATCH', rule: null })
  })
})
