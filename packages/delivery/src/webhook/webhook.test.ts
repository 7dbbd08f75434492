import type { StoredRecord } from '@sallyport/event-log'
import { everyType } from '@sallyport/events'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import {
  derivedSecret,
  EventPatternUnmatched,
  keyOfSecret,
  messageOfRecord,
  signedHeaders,
  typesMatching,
  WebhookSecretInvalid,
  WebhookUrlInvalid,
  webhookUrl,
} from './index.ts'

const INSTALLATION = Buffer.alloc(32, 'i')

describe('patterns over events', () => {
  test.each([
    ['approval.*', 'sallyport.approval.voted.v2'],
    ['sallyport.approval.*', 'sallyport.approval.claimed.v1'],
    ['action.decided', 'sallyport.action.decided.v1'],
    ['action.decided.v1', 'sallyport.action.decided.v1'],
    ['*', 'sallyport.token.issued.v2'],
    ['kill_switch.set', 'sallyport.kill_switch.set.v1'],
    ['kill_switch.set', 'sallyport.kill_switch.set.v2'],
  ])('%s matches %s', (pattern, type) => {
    expect([...typesMatching([pattern])]).toContain(type)
  })

  test('approval.* matches approvals and nothing else', () => {
    const types = [...typesMatching(['approval.*'])]
    expect(types.length).toBeGreaterThan(3)
    expect(types.filter((type) => !type.startsWith('sallyport.approval.'))).toEqual([])
  })

  test('no pattern matches dead letters, of which a receiver that refuses all would make more', () => {
    const types = typesMatching(['*'])
    expect(types.size).toBe(everyType().filter((type) => !type.includes('.delivery.')).length)
    expect(() => typesMatching(['delivery.*'])).toThrow(EventPatternUnmatched)
  })

  test.each([
    ['aproval.*', 'approval.*'],
    ['approvals.*', 'approval.*'],
    ['action.decide', 'action.decided'],
    ['approval', 'approval.*'],
    ['kill_switch', 'kill_switch.*'],
  ])('%s, which matches nothing, is refused with a better one', (pattern, suggestion) => {
    expect(() => typesMatching(['*', pattern])).toThrow(
      `${pattern} matches no event; did you mean ${suggestion}?`,
    )
  })
})

describe('addresses', () => {
  test.each([
    'https://hooks.example.com/in?team=7',
    'http://127.0.0.1:9000/',
    'http://localhost:9000/a',
    'http://[::1]/',
  ])('%s is taken', (url) => {
    expect(webhookUrl(url, false)).toBe(url)
  })

  test.each([
    'http://hooks.example.com/',
    'http://127.0.0.1.example.com/',
    'ftp://example.com/',
    'https://dana:secret@example.com/',
    'https://example.com/#part',
    'hooks',
    `https://example.com/${'a'.repeat(2048)}`,
  ])('%s is refused, and not repeated', (url) => {
    expect(() => webhookUrl(url, false)).toThrow(WebhookUrlInvalid)
    expect(() => webhookUrl(url, false)).not.toThrow(url)
  })

  test('plain text over a network is for whoever says so', () => {
    expect(webhookUrl('http://hooks.internal/', true)).toBe('http://hooks.internal/')
  })
})

describe('secrets', () => {
  test('one is made of the installation’s secret and the id: the same everywhere, and another for each', () => {
    const secret = derivedSecret(INSTALLATION, 'a')
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(derivedSecret(INSTALLATION, 'a')).toBe(secret)
    expect(derivedSecret(INSTALLATION, 'b')).not.toBe(secret)
    expect(derivedSecret(Buffer.alloc(32, 'j'), 'a')).not.toBe(secret)
  })

  test('with and without whsec_ it stands for the same key', () => {
    const encoded = Buffer.alloc(32, 7).toString('base64')
    expect(keyOfSecret(encoded)).toEqual(keyOfSecret(`whsec_${encoded}`))
  })

  test.each([
    '',
    'whsec_',
    'whsec_c2hvcnQ=',
    'not base64 at all, but long enough',
    `whsec_${'A'.repeat(100)}`,
  ])('%j is not one', (text) => {
    expect(() => keyOfSecret(text)).toThrow(WebhookSecretInvalid)
  })
})

describe('messages', () => {
  const data = { name: 'Gätewäy ✓', nested: { list: [1, null] } }
  const record: StoredRecord = {
    topic: 'sallyport.control',
    partition: 0,
    offset: 3,
    appendedAt: 0,
    key: 'default',
    headers: {
      ce_id: 'e-1',
      ce_type: 'sallyport.gateway.revoked.v1',
      ce_source: '/decision',
      ce_subject: 'g',
      ce_time: '2026-11-21T10:00:00.000Z',
      ce_tenant: 'default',
      ce_producer: 'decision/1',
    },
    value: Buffer.from(JSON.stringify(data)),
  }

  test('one is the event as a CloudEvent, without how the log keeps it', () => {
    const message = messageOfRecord(record)
    expect(message?.id).toBe('e-1')
    expect(JSON.parse(message?.body ?? '')).toEqual({
      specversion: '1.0',
      id: 'e-1',
      type: 'sallyport.gateway.revoked.v1',
      source: '/decision',
      subject: 'g',
      time: '2026-11-21T10:00:00.000Z',
      tenant: 'default',
      datacontenttype: 'application/json',
      data,
    })
  })

  test('what is not an event, or not JSON, is not a message', () => {
    expect(messageOfRecord({ ...record, headers: {} })).toBeUndefined()
    expect(messageOfRecord({ ...record, value: Buffer.from('{"a":') })).toBeUndefined()
  })

  test.each(['e\r\nx: 1', 'é', 'e 1', 'e-1.1700000000.{}', 'e'.repeat(129)])(
    'an id that no header field can carry, or that signs something else, is not one: %j',
    (id) => {
      expect(messageOfRecord({ ...record, headers: { ...record.headers, ce_id: id } })).toBeUndefined()
    },
  )

  test('its signature is one that the library of Standard Webhooks verifies, and no other', () => {
    const secret = derivedSecret(INSTALLATION, 'a')
    const message = messageOfRecord(record)
    if (!message) throw new Error('it is not a message')
    const headers = signedHeaders(message, keyOfSecret(secret), new Date())
    expect(new Webhook(secret).verify(message.body, headers)).toEqual(JSON.parse(message.body))
    expect(() => new Webhook(secret).verify(`${message.body} `, headers)).toThrow()
    expect(() => new Webhook(derivedSecret(INSTALLATION, 'b')).verify(message.body, headers)).toThrow()
    const old = signedHeaders(message, keyOfSecret(secret), new Date(Date.now() - 3_600_000))
    expect(() => new Webhook(secret).verify(message.body, old)).toThrow()
  })
})
