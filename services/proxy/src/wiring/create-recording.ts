import { Counters } from '../governing/record/counters.ts'
import { DroppedMessages } from '../governing/record/dropped-messages.ts'
import { LateFile } from '../governing/record/late-file.ts'
import { LateRecords } from '../governing/record/late-records.ts'
import type { Recording } from '../governing/record/record-decision.ts'
import { Recorder } from '../governing/record/recorder.ts'
import { SessionSoFar } from '../governing/record/session-so-far.ts'
import type { ProxyDeps } from './proxy-deps.ts'

/** The way into the log, which every floor has something for. */
export function createRecording({ config, publisher, clock, logger }: ProxyDeps): Recording {
  const { lateFile, lateBytes } = config.record
  const file = lateFile === null ? null : new LateFile(lateFile)
  const late = new LateRecords({ publisher, file, maxBytes: lateBytes, clock, logger })
  const soFar = new SessionSoFar()
  const recorder = new Recorder({
    publisher,
    late,
    logger,
    deadlineMs: config.limits.recordMs,
    onRecorded: (event) => soFar.note(event),
  })
  const dropped = new DroppedMessages({ recorder, clock, logger })
  return { recorder, counters: new Counters(), clock, logger, dropped, soFar }
}
