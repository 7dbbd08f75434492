import fc from 'fast-check'
import { TOOLS } from './sdk-servers.ts'

/** Bodies such as an attacker would try: messages of MCP with every way to write them that some parser reads differently. */
export function smuggled(): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(
      fc.oneof({ weight: 5, arbitrary: message }, { weight: 1, arbitrary: batch }),
      fc.array(onText, { maxLength: 3 }),
      fc.array(onBytes, { maxLength: 1 }),
    )
    .map(([text, texts, bytes]) => {
      const written = texts.reduce((before, change) => change(before), text)
      return bytes.reduce<Buffer>((before, change) => change(before), Buffer.from(written))
    })
}

const METHODS = [
  'tools/call',
  'tools/list',
  'ping',
  'initialize',
  'notifications/initialized',
  'x',
  'TOOLS/CALL',
  'tools/call\u0000',
  'tools\u2215call',
]
const KEYS = [
  'jsonrpc',
  'id',
  'method',
  'params',
  'result',
  'error',
  'name',
  'arguments',
  '_meta',
  'Method',
  'METHOD',
  'paramſ',
  'param\u017f',
  'Name',
  'ｎame',
  'na\u200bme',
  'name\u0000',
  'method ',
  '__proto__',
  'constructor',
  'toString',
  '',
]

const tool = fc.constantFrom(...TOOLS, 'read\u0000', 'delete_all ', '')
const scalar = fc.oneof(
  tool,
  fc.constantFrom(...METHODS),
  fc.constantFrom('2.0', 2.0, '1.0', 0, 1, -0, 1.5, 2 ** 53, true, null),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
)
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS, 'a', 'b'), tie('value'), { maxKeys: 3 }),
  ),
}))
const args = fc.dictionary(
  fc.oneof(
    fc.constantFrom('a', 'path', 'name', 'arguments', 'method'),
    fc.string({ unit: 'grapheme', maxLength: 3 }),
  ),
  value,
  { maxKeys: 3 },
)
const params = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      { name: tool, arguments: args, _meta: fc.dictionary(fc.constant('progressToken'), scalar) },
      { requiredKeys: ['name'] },
    ),
  },
  { weight: 1, arbitrary: value },
)
const id = fc.oneof(fc.nat(5), fc.constantFrom('a', 0, -1, '', null, 1.5, 2 ** 53 + 2))
const shaped = fc.record(
  {
    jsonrpc: fc.constant('2.0'),
    id,
    method: fc.oneof(
      { weight: 3, arbitrary: fc.constant('tools/call') },
      { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
    ),
    params,
    result: value,
    error: value,
  },
  { requiredKeys: ['jsonrpc', 'method', 'params'] },
)
const sound = fc.record({
  jsonrpc: fc.constant('2.0'),
  id: fc.nat(5),
  method: fc.constant('tools/call'),
  params: fc.record({ name: fc.constantFrom(...TOOLS), arguments: args }),
})
const odd = fc.dictionary(fc.constantFrom(...KEYS), value, { maxKeys: 6 })

/** Members in any order. */
const shuffled = (object: object) =>
  fc
    .shuffledSubarray(Object.entries(object), { minLength: Object.keys(object).length })
    .map((entries) =>
      entries.map(([key, inside]) => `${JSON.stringify(key)}:${JSON.stringify(inside)}`).join(','),
    )
    .map((inside) => `{${inside}}`)
const message = fc.oneof(
  { weight: 4, arbitrary: sound.chain(shuffled) },
  { weight: 3, arbitrary: shaped.chain(shuffled) },
  { weight: 1, arbitrary: odd.chain(shuffled) },
)
const batch = fc.array(message, { maxLength: 3 }).map((messages) => `[${messages.join(',')}]`)

const place = fc.double({ min: 0, max: 0.999, noNaN: true })
type OnText = (text: string) => string

/** Puts something in behind one of the places where a pattern is found. */
function after(pattern: RegExp, where: number, text: string, insert: string): string {
  const found = [...text.matchAll(pattern)]
  const at = found[Math.floor(where * found.length)]
  if (at === undefined) return text
  const end = at.index + at[0].length
  return text.slice(0, end) + insert + text.slice(end)
}

const member = fc
  .tuple(fc.constantFrom(...KEYS), fc.oneof(fc.constantFrom('tools/call', 'delete_all', '2.0'), value))
  .map(([key, inside]) => `${JSON.stringify(key)}:${JSON.stringify(inside)}`)
const whole = sound.map((object) => JSON.stringify(object))

const onText: fc.Arbitrary<OnText> = fc.oneof(
  // A member more: at the start of some object, or before its end.
  fc.tuple(place, member).map(
    ([where, inside]): OnText =>
      (text) =>
        after(/\{(?=")/g, where, text, `${inside},`),
  ),
  fc.tuple(place, member).map(
    ([where, inside]): OnText =>
      (text) =>
        after(/(?<=[^{])(?=\})/g, where, text, `,${inside}`),
  ),
  // Any letter as an escape, in keys and values alike.
  fc.tuple(place, fc.boolean()).map(
    ([where, upper]): OnText =>
      (text) => {
        const letters = [...text.matchAll(/(?<=[a-z"])[a-z](?=[a-z"])/g)]
        const at = letters[Math.floor(where * letters.length)]?.index
        if (at === undefined) return text
        const hex = text.charCodeAt(at).toString(16).padStart(4, '0')
        return `${text.slice(0, at)}\\u${upper ? hex.toUpperCase() : hex}${text.slice(at + 1)}`
      },
  ),
  // Another letter that some fold to the same.
  fc.tuple(place, fc.constantFrom('upper', 'long s', 'kelvin', 'wide')).map(
    ([where, how]): OnText =>
      (text) => {
        const letters = [...text.matchAll(how === 'long s' ? /s/g : how === 'kelvin' ? /k/g : /[a-z]/g)]
        const at = letters[Math.floor(where * letters.length)]?.index
        if (at === undefined) return text
        const letter = text[at] ?? ''
        const other = {
          upper: letter.toUpperCase(),
          'long s': 'ſ',
          kelvin: 'K',
          wide: String.fromCharCode(0xfee0 + letter.charCodeAt(0)),
        }[how]
        return text.slice(0, at) + other + text.slice(at + 1)
      },
  ),
  fc
    .tuple(place, fc.constantFrom(' ', '\n', '\r\n', '\t', '\f', '\u00a0', '\ufeff', '\0', '//x\n', '/**/'))
    .map(
      ([where, gap]): OnText =>
        (text) =>
          after(/[{}[\],:]/g, where, text, gap),
    ),
  fc
    .tuple(
      place,
      fc.constantFrom('\\u0000', '\\ud800', '\\x41', '\\/', '\\', '\u0000', '\n', 'NaN', ',', '"'),
    )
    .map(
      ([where, odds]): OnText =>
        (text) =>
          after(/[a-z]/g, where, text, odds),
    ),
  fc.constantFrom<OnText>(
    (text) => `[${text}]`,
    (text) => JSON.stringify(text),
    (text) => text.replace(/"id":(\d)/, '"id":$1.0'),
    (text) => text.replace(/"id":(\d)/, '"id":9007199254740993'),
    (text) => text.replaceAll('"', "'"),
    (text) => text.slice(0, -1),
    (text) => `${text}${text}`,
    (text) => `${text},`,
  ),
  whole.map(
    (more): OnText =>
      (text) =>
        `${text}\n${more}`,
  ),
  whole.map(
    (more): OnText =>
      (text) =>
        `${more}\u2028${text}`,
  ),
)

type OnBytes = (bytes: Buffer) => Buffer

const onBytes: fc.Arbitrary<OnBytes> = fc.oneof(
  fc.tuple(place, fc.uint8Array({ maxLength: 3 })).map(
    ([where, insert]): OnBytes =>
      (bytes) => {
        const at = Math.floor(where * bytes.length)
        return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + insert.length)])
      },
  ),
  // Encodings that lenient decoders take: overlong slash, surrogates one by one, a cut character.
  fc
    .tuple(
      place,
      fc.constantFrom(
        [0xc0, 0xaf],
        [0xc1, 0x9c],
        [0xed, 0xa0, 0xbd],
        [0xf0, 0x9f],
        [0xff],
        [0xe2, 0x80, 0xa8],
      ),
    )
    .map(
      ([where, insert]): OnBytes =>
        (bytes) => {
          const at = Math.floor(where * bytes.length)
          return Buffer.concat([bytes.subarray(0, at), Buffer.from(insert), bytes.subarray(at)])
        },
    ),
  fc.constantFrom<OnBytes>(
    (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
    (bytes) => Buffer.from(bytes.toString(), 'utf16le'),
    (bytes) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(bytes.toString(), 'utf16le')]),
    (bytes) => Buffer.from(bytes.toString(), 'latin1'),
  ),
)
