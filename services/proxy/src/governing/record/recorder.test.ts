import { readFile } from 'node:fs/promises'
import type { Publisher } from '@sallyport/event-log'
import type { AnyNewEvent } from '@sallyport/events'
import { silentLogger } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import { LateRecords } from './late-records.ts'
import { Recorder } from './recorder.ts'

const DEADLINE_MS = 1000

test('a confirmation that came while the process was held is read, and the record is not taken for late', async () => {
  const publisher = { publish: () => readFile(import.meta.filename) } as unknown as Publisher
  const late = new LateRecords({
    publisher,
    file: null,
    maxBytes: 0,
    clock: () => new Date(0),
    logger: silentLogger,
  })
  const recorder = new Recorder({ publisher, late, logger: silentLogger, deadlineMs: DEADLINE_MS })
  const recorded = recorder.durable({} as AnyNewEvent)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, DEADLINE_MS + 200)
  await expect(recorded).resolves.toBeUndefined()
})
