import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeSse } from './encode-sse.ts'
import { type SseFrame, sseDecoder } from './sse-decoder.ts'

function framesOf(...chunks: (string | Uint8Array)[]): SseFrame[] {
  const decoder = sseDecoder()
  return chunks.flatMap((chunk) => decoder.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
}

const STREAM =
  '\ufeff: привет\r\nid: 1\r\nevent: message\r\ndata: {"a":"日😀"}\r\n\r\n' +
  'data:x\rdata\rdata:  y\r\r:\r\nretry: 1500\n\nid\ndata:\n\nunknown: z\nid: a\0b\nretry: soon\n\n\n\ndata: é\r\n\n'

const FRAMES: SseFrame[] = [
  { comment: 'привет' },
  { id: '1', event: 'message', data: '{"a":"日😀"}' },
  { data: 'x\n\n y' },
  { comment: '' },
  { retry: 1500 },
  { id: '', data: '' },
  { data: 'é' },
]

describe('sseDecoder', () => {
  it('reads CR, LF and CRLF, joins data, keeps comments, ids and retry, drops what readers ignore', () => {
    expect(framesOf(STREAM)).toEqual(FRAMES)
  })

  it('gives the same frames wherever the stream is cut in two', () => {
    const bytes = Buffer.from(STREAM)
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(framesOf(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(FRAMES)
    }
  })

  it('gives the same frames byte by byte, with empty chunks between', () => {
    const bytes = [...Buffer.from(STREAM)].flatMap((byte) => [Uint8Array.of(byte), new Uint8Array()])
    expect(framesOf(...bytes)).toEqual(FRAMES)
  })

  it('gives an event with the first byte of its blank line, and a comment with the end of its line', () => {
    const decoder = sseDecoder()
    expect(decoder.push(Buffer.from('data: a\r\n\r'))).toEqual([{ data: 'a' }])
    expect(decoder.push(Buffer.from('\n: ping\r'))).toEqual([{ comment: 'ping' }])
    expect(decoder.push(Buffer.from('\ndata: b\n\n'))).toEqual([{ data: 'b' }])
  })

  it('does not let a line separator of Unicode end a line', () => {
    expect(framesOf('data: a\u2028id: 1\u0085\n\n')).toEqual([{ data: 'a\u2028id: 1\u0085' }])
  })

  it('says whether the stream broke off inside an event', () => {
    const decoder = sseDecoder()
    decoder.push(Buffer.from('data: a\n\n'))
    expect(decoder.end()).toEqual({ truncated: false })
    decoder.push(Buffer.from('data: a\n'))
    expect(decoder.end()).toEqual({ truncated: true })
  })

  it('notices a stream that breaks off inside a character', () => {
    const decoder = sseDecoder()
    decoder.push(Uint8Array.of(0xe2))
    expect(decoder.end()).toEqual({ truncated: true })
  })

  it.each([
    ['a line that never ends', 'x'.repeat(101)],
    ['many lines of data', 'data: 12345678\n'.repeat(12)],
    ['many empty lines of data', 'data\n'.repeat(101)],
    ['a long line that ends in the same chunk', `data: ${'x'.repeat(101)}\n\n`],
  ])('bounds what an unfinished frame holds: %s', (_what, text) => {
    const decoder = sseDecoder({ maxLength: 100 })
    const push = () => decoder.push(Buffer.from(text))
    expect(push).toThrowError(expect.objectContaining({ code: 'SP_SSE_FRAME_TOO_LARGE' }))
    expect(() => decoder.push(Buffer.from('\n\n'))).toThrowError(
      expect.objectContaining({ code: 'SP_SSE_FRAME_TOO_LARGE' }),
    )
  })

  it('counts each frame by itself', () => {
    const decoder = sseDecoder({ maxLength: 100 })
    expect(decoder.push(Buffer.from('data: 12345678\n\n: comment\n'.repeat(100)))).toHaveLength(200)
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(() => framesOf(Uint8Array.of(0xff))).toThrowError(
      expect.objectContaining({ code: 'SP_SSE_NOT_UTF8' }),
    )
  })
})

describe('encodeSse', () => {
  it('writes one canonical form', () => {
    expect(encodeSse({ data: 'a\r\nb\rc\n', retry: 5, id: '7', event: 'e', comment: 'c' })).toBe(
      ': c\nevent: e\nid: 7\nretry: 5\ndata: a\ndata: b\ndata: c\ndata: \n\n',
    )
    expect(encodeSse({ comment: 'a\ndata: forged' })).toBe(': a\n: data: forged\n\n')
    expect(encodeSse({})).toBe('')
  })

  it.each([{ id: 'a\nb' }, { id: '\0' }, { event: 'a\rdata: b' }, { retry: -1 }, { retry: 1.5 }])(
    'refuses a field that would break its line: %j',
    (frame) => {
      expect(() => encodeSse(frame)).toThrowError(expect.objectContaining({ code: 'SP_SSE_FIELD_INVALID' }))
    },
  )

  it('writes what the decoder reads back, cut anywhere', () => {
    const line = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n\0]/g, ''))
    const event = fc
      .record(
        {
          event: line,
          id: line,
          retry: fc.nat(),
          data: fc.array(line, { minLength: 1 }).map((l) => l.join('\n')),
        },
        { requiredKeys: [] },
      )
      .filter((frame) => Object.keys(frame).length > 0)
    const frame = fc.oneof(fc.record({ comment: line }), event)
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.nat(20)), (frames, sizes) => {
        const bytes = Buffer.from(frames.map(encodeSse).join(''))
        const chunks: Uint8Array[] = []
        let at = 0
        for (const size of sizes) {
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        chunks.push(bytes.subarray(at))
        expect(framesOf(...chunks)).toEqual(frames)
      }),
    )
  })
})
