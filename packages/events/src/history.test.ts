import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { EVENTS } from './catalog.ts'
import { decodeEvent } from './codec.ts'
import { readRecord } from './read-record.ts'
import { DIGESTS, digestOf, readHistory, sampledTypes } from './testing/history.ts'
import { everyType } from './versions.ts'

const digests = JSON.parse(readFileSync(DIGESTS, 'utf8')) as Record<string, string>

describe('the samples of every version that was ever written', () => {
  test.each(everyType())('%s has one; `npm run event:sample` adds it', (type) => {
    expect(sampledTypes()).toContain(type)
  })

  test.each(sampledTypes())('those of %s are as they were written', (type) => {
    expect(digestOf(type)).toBe(digests[type])
  })

  test('none is gone', () => {
    expect(sampledTypes().sort()).toEqual(Object.keys(digests).sort())
  })

  test('are all read, as the version that is written now, with every member that they had', () => {
    for (const sample of readHistory()) {
      expect(readRecord(sample)).toMatchObject({ kind: 'event' })
      const event = decodeEvent(sample)
      expect(EVENTS).toHaveProperty([event.type])
      if (event.type === sample.headers['ce_type'])
        expect(event.data).toEqual(JSON.parse(Buffer.from(sample.value).toString('utf8')))
    }
  })
})
