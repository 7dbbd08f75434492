import { describe, expect, it } from 'vitest'
import { checkContentEncoding, checkContentType } from './content-headers.ts'

describe('checkContentType', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
  ])('accepts %s', (header) => {
    expect(() => checkContentType(header)).not.toThrow()
  })

  it.each([
    undefined,
    '',
    'text/plain',
    'application/json-patch+json',
    'application/jsonx',
    'application/vnd.api+json',
    'application/json; charset=utf-16le',
    'application/json; charset=utf-8; charset=utf-16le',
    'application/json; charset=utf-7',
    'application/json; charset=',
    'application/json; charset="utf-8',
    'application/json; boundary=x',
    'application/json, text/plain',
    'application/json;',
  ])('refuses %s', (header) => {
    expect(() => checkContentType(header)).toThrowError(expect.objectContaining({ code: 'SP_CONTENT_TYPE' }))
  })
})

describe('checkContentEncoding', () => {
  it.each([undefined, 'identity', 'Identity'])('accepts %s', (header) => {
    expect(() => checkContentEncoding(header)).not.toThrow()
  })

  it.each(['', 'gzip', 'br', 'deflate', 'zstd', 'identity, gzip', 'x-gzip'])('refuses %j', (header) => {
    expect(() => checkContentEncoding(header)).toThrowError(
      expect.objectContaining({ code: 'SP_CONTENT_ENCODING' }),
    )
  })
})
