import { readFileSync } from 'node:fs'
import { createPublisher, sqliteEventLog } from '@sallyport/event-log'
import type { AnyNewEvent } from '@sallyport/events'

/**
 * Has the release that this file is in write a log: `node test/releases/write-log.ts FILE EVENTS`, where EVENTS is a
 * JSON array of events before they are appended.
 */
const [path = '', events = ''] = process.argv.slice(2)
const log = await sqliteEventLog({ path })
const publisher = createPublisher({ log, producer: 'writer' })
for (const event of JSON.parse(readFileSync(events, 'utf8')) as AnyNewEvent[]) await publisher.publish(event)
await publisher.close()
await log.close()
