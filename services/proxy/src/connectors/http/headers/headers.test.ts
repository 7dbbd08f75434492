import { describe, expect, test } from 'vitest'
import { HeaderRepeated, OverrideRefused } from '../errors.ts'
import { type Field, fieldsOf } from './field.ts'
import { boundFields, requestFields, withVia } from './request-fields.ts'
import { responseFields } from './response-fields.ts'

const names = (fields: readonly Field[]) => fields.map(([name]) => name)

describe('of a request', () => {
  test('what is about one connection stays there, whoever names it', () => {
    const fields = fieldsOf([
      'Connection',
      'close, X-Hop',
      'X-Hop',
      '1',
      'Keep-Alive',
      'timeout=5',
      'TE',
      'trailers',
      'Transfer-Encoding',
      'chunked',
      'Proxy-Authorization',
      'Basic x',
      'Proxy-Connection',
      'keep-alive',
      'Upgrade',
      'h2c',
      'HTTP2-Settings',
      'AAMAAABkAAQAAP__',
      'Accept',
      'text/html',
    ])
    expect(requestFields(fields)).toEqual([['accept', 'text/html']])
  })

  test('neither our token nor a cookie nor where the agent is goes upstream', () => {
    const sent = [
      'Authorization',
      'Cookie',
      'Host',
      'Sallyport-Gateway',
      'Sallyport-Approval',
      'Forwarded',
      'X-Forwarded-For',
      'X_Forwarded_For',
      'X.Forwarded.For',
      'Sallyport.Gateway',
      'X-Real-IP',
      'Expect',
      'Content-Length',
    ]
    expect(requestFields(fieldsOf(sent.flatMap((name) => [name, 'x'])))).toEqual([])
  })

  test('fields of the agent stay in their order, with every value', () => {
    const fields = fieldsOf(['X-Api-Key', 'k', 'Accept', 'a', 'accept', ' b ', 'Content-Type', 'text/plain'])
    expect(requestFields(fields)).toEqual([
      ['x-api-key', 'k'],
      ['accept', 'a'],
      ['accept', 'b'],
      ['content-type', 'text/plain'],
    ])
  })

  test.each([
    'X-HTTP-Method-Override',
    'x_http_method_override',
    'X.HTTP.Method.Override',
    'X-HTTP~Method-Override',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-HTTP-Method',
  ])('%s would be another request than the one that is judged', (name) => {
    expect(() => requestFields(fieldsOf([name, 'DELETE']))).toThrow(OverrideRefused)
  })

  test.each(['Content-Type', 'Range', 'Content-Encoding'])('%s stands once', (name) => {
    expect(() => requestFields(fieldsOf([name, 'a', name, 'b']))).toThrow(HeaderRepeated)
    const spelled = name.replace('-', '_')
    expect(() => requestFields(fieldsOf([name, 'a', spelled, 'b']))).toThrow(HeaderRepeated)
  })

  test('an approval is not bound to what differs in each attempt', () => {
    const fields = fieldsOf(['Traceparent', '00-1', 'X-Request-Id', '7', 'If-Match', '"a"'])
    expect(names(boundFields(fields))).toEqual(['if-match'])
  })

  test('the upstream is told that it was passed on, and not by whom it was sent', () => {
    expect(withVia([['via', '1.0 other']], '1.1')).toEqual([
      ['via', '1.0 other'],
      ['via', '1.1 sallyport'],
    ])
  })
})

describe('of an answer', () => {
  const answered = { registered: 'https://api.test/v1', requested: '/v1/jobs', mount: '/http/api' }

  test('what is about one connection, or about the site of the upstream, stays there', () => {
    const fields = fieldsOf([
      'Connection',
      'X-Hop',
      'X-Hop',
      '1',
      'Transfer-Encoding',
      'chunked',
      'Keep-Alive',
      'timeout=5',
      'Set-Cookie',
      'sid=1',
      'Alt-Svc',
      'h3=":443"',
      'Strict-Transport-Security',
      'max-age=1',
      'Sallyport-Approval',
      'forged',
      'ETag',
      '"a"',
      'Content-Length',
      '2',
    ])
    expect(responseFields(fields, answered)).toEqual([
      ['etag', '"a"'],
      ['content-length', '2'],
    ])
  })

  test('an address of the upstream is told as it is reached through the proxy', () => {
    const fields = fieldsOf(['Location', '/v1/jobs/7', 'Content-Location', 'https://other.test/'])
    expect(responseFields(fields, answered)).toEqual([
      ['location', '/http/api/jobs/7'],
      ['content-location', 'https://other.test/'],
    ])
  })
})
