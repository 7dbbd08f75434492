import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import {
  EVENTS,
  type EventDraft,
  type EventType,
  encodeEvent,
  GENESIS_HASH,
  isEventType,
  newEvent,
  recordHash,
} from '@sallyport/events'
import { DIGESTS, digestOf, HISTORY, lineOf, readHistory } from '../src/testing/history.ts'

/** `npm run event:sample TYPE DATA [KEY]`: adds a sample of a type to `packages/events/history`. DATA is JSON. */
const [type = '', data = '{}', key = 'default'] = process.argv.slice(2)
if (!isEventType(type))
  throw new Error(`${type} is not a type that is written; it must be in the catalog first`)
const digests = JSON.parse(readFileSync(DIGESTS, 'utf8')) as Record<string, string>

const { topic } = EVENTS[type]
const history = readHistory()
const before = history.filter((sample) => sample.topic === topic).at(-1)
const draft = { type, source: '/sample', subject: 'sample', tenant: 'default', key, data: JSON.parse(data) }
const last = Math.max(...history.map(({ headers }) => Date.parse(headers['ce_time'] ?? '')))
const event = newEvent(draft as EventDraft<EventType>, new Date(last + 1000))
const stamp = {
  producer: 'sample',
  epoch: history.length,
  seq: 0,
  prevHash: before ? recordHash(before) : GENESIS_HASH,
}
appendFileSync(new URL(`${type}.jsonl`, HISTORY), lineOf({ topic, ...encodeEvent(event, stamp) }))
digests[type] = digestOf(type)
const sorted = Object.fromEntries(Object.entries(digests).sort(([a], [b]) => a.localeCompare(b)))
writeFileSync(DIGESTS, `${JSON.stringify(sorted, null, 2)}\n`)
