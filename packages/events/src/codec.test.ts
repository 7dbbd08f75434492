import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeEvent, type EncodedEvent, encodeEvent, GENESIS_HASH, recordHash } from './codec.ts'
import { MalformedEvent, UnknownEvent } from './errors.ts'
import { type AnyNewEvent, newEvent } from './event.ts'
import { jsonSchemaOf } from './schemas.ts'
import { everyType } from './versions.ts'

const at = new Date('2026-11-21T10:00:00.000Z')
const stamp = { producer: 'decision/1', epoch: 1, seq: 0, prevHash: GENESIS_HASH }

function added(): AnyNewEvent {
  return newEvent(
    {
      type: 'sallyport.gateway.added.v1',
      source: '/decision',
      subject: 'g1',
      tenant: 'default',
      key: 'default',
      data: {
        actor: { type: 'person', name: 'dana' },
        idempotencyKey: null,
        id: 'g1',
        name: 'code-agent',
        tokenHash: 'a'.repeat(64),
      },
    },
    at,
  )
}

const fixed = added()

function record(change: Partial<EncodedEvent> = {}): EncodedEvent {
  return { ...encodeEvent(fixed, stamp), ...change }
}

function withHeader(name: string, value: string | undefined): EncodedEvent {
  const headers: Record<string, string> = { ...record().headers }
  if (value === undefined) delete headers[name]
  else headers[name] = value
  return record({ headers })
}

describe('the event codec', () => {
  test('an event read back is the event that was written, with its stamp', () => {
    const event = added()
    expect(decodeEvent(encodeEvent(event, stamp))).toEqual({ ...event, stamp })
  })

  test('attributes are CloudEvents headers of the Kafka binary mode', () => {
    expect(record().headers).toMatchObject({
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_type: 'sallyport.gateway.added.v1',
      ce_time: '2026-11-21T10:00:00.000Z',
      ce_tenant: 'default',
    })
  })

  test.each([
    ['a missing id', withHeader('ce_id', undefined), /ce_id is missing/],
    ['an empty producer', withHeader('ce_producer', ''), /ce_producer is missing/],
    ['a sequence that is no number', withHeader('ce_seq', 'one'), /ce_seq is not a count/],
    ['a negative epoch', withHeader('ce_epoch', '-1'), /ce_epoch is not a count/],
    ['a time that is none', withHeader('ce_time', 'yesterday'), /ce_time is not an instant/],
    ['another CloudEvents version', withHeader('ce_specversion', '2.0'), /specversion/],
    ['a value that is not JSON', record({ value: Buffer.from('{') }), /not JSON/],
    ['data without a required member', record({ value: Buffer.from('{}') }), /gateway\.added\.v1 at \//],
  ])('%s is refused as malformed', (_, broken, message) => {
    expect(() => decodeEvent(broken)).toThrow(MalformedEvent)
    expect(() => decodeEvent(broken)).toThrow(message)
  })

  test('an event with a member that its schema does not have is not written', () => {
    const event = added()
    const widened = { ...event, data: { ...event.data, token: 'not here' } } as unknown as AnyNewEvent
    expect(() => encodeEvent(widened, stamp)).toThrow(MalformedEvent)
  })

  test('members that this release does not know are kept when an event is read, at any depth', () => {
    const data = { ...added().data, team: 'blue', actor: { type: 'person', name: 'dana', via: ['sso'] } }
    const value = Buffer.from(JSON.stringify(data))
    expect(decodeEvent(record({ value })).data).toEqual(data)
  })

  test('a word that this release does not know makes the event unreadable, and is not taken for another', () => {
    const value = Buffer.from(JSON.stringify({ ...added().data, actor: { type: 'robot', name: 'r2' } }))
    expect(() => decodeEvent(record({ value }))).toThrow(/at \/actor\/type/)
  })

  test('says whether a reader that does not know its type must stop, under the hash of the chain', () => {
    expect(record().headers['ce_critical']).toBe('true')
    expect(recordHash(withHeader('ce_critical', 'false'))).not.toBe(recordHash(record()))
  })

  test('half a surrogate pair is not appended: no fold could give it a canonical form', () => {
    const event = added()
    const named = (name: string) => ({ ...event, data: { ...event.data, name } }) as unknown as AnyNewEvent
    expect(() => encodeEvent(named('\ud800'), stamp)).toThrow(/not Unicode/)
    expect(() => encodeEvent(named('\ud83d\ude00 and the text \\ud800'), stamp)).not.toThrow()
  })

  test('the message of a refusal does not repeat the data', () => {
    const event = added()
    const widened = { ...event, data: { ...event.data, tokenHash: 'plain-secret' } } as unknown as AnyNewEvent
    expect(() => encodeEvent(widened, stamp)).toThrow(expect.not.stringContaining('plain-secret'))
  })

  test('a type this version does not know is told from a malformed one', () => {
    expect(() => decodeEvent(withHeader('ce_type', 'sallyport.gateway.added.v9'))).toThrow(UnknownEvent)
  })

  test('the hash covers the key, every header and every byte of the value', () => {
    const original = recordHash(record())
    expect(recordHash(record())).toBe(recordHash(record()))
    const changed = [
      record({ key: 'other' }),
      withHeader('ce_seq', '1'),
      withHeader('ce_extra', 'x'),
      record({ value: Buffer.concat([record().value, Buffer.from(' ')]) }),
    ]
    const hashes = changed.map(recordHash)
    expect(new Set([original, ...hashes]).size).toBe(5)
  })
})

describe('the published schemas', () => {
  const folder = new URL('../../../proto/events/', import.meta.url)

  test.each(everyType())('proto/events has %s as the code has it', (type) => {
    const published = JSON.parse(readFileSync(new URL(`${type}.json`, folder), 'utf8'))
    expect(published).toEqual(jsonSchemaOf(type))
  })

  test('proto/events has no schema of an event that is gone', () => {
    expect(readdirSync(folder).sort()).toEqual(
      everyType()
        .map((type) => `${type}.json`)
        .sort(),
    )
  })
})
