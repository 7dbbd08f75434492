import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import {
  EVENTS,
  type EventDraft,
  type EventType,
  encodeEvent,
  GENESIS_HASH,
  isEventType,
  newEvent,
} from '@sallyport/events'
import { DIGESTS, digestOf, HISTORY, lineOf, readHistory } from '../src/testing/history.ts'

/** `npm run event:sample TYPE DATA [KEY]`: adds a sample of a type to `packages/events/history`. DATA is JSON. */
const [type = '', data = '{}', key = 'default'] = process.argv.slice(2)
if (!isEventType(type))
  throw new Error(`${type} is not a type that is written; it must be in the catalog first`)
const digests = JSON.parse(readFileSync(DIGESTS, 'utf8')) as Record<string, string>

const { topic } = EVENTS[type]
const history = readHistory()
const draft = { type, source: '/sample', subject: 'sample', tenant: 'default', key, data: JSON.parse(data) }
const last = Math.max(...history.map(({ headers }) => Date.parse(headers['ce_time'] ?? '')))
const event = newEvent(draft as EventDraft<EventType>, new Date(last + 1000))
// Each sample is the first event of a producer of its own: samples that are added side by side break no chain.
const stamp = { producer: `sample/${event.id}`, epoch: 1, seq: 0, prevHash: GENESIS_HASH }
appendFileSync(new URL(`${type}.jsonl`, HISTORY), lineOf({ topic, ...encodeEvent(event, stamp) }))
digests[type] = digestOf(type)
const sorted = Object.fromEntries(Object.entries(digests).sort(([a], [b]) => a.localeCompare(b)))
writeFileSync(DIGESTS, `${JSON.stringify(sorted, null, 2)}\n`)
