import { type EventLog, EventLogLocked, sqliteEventLog } from '@sallyport/event-log'
import { retry } from '@sallyport/runtime'
import { type DataFolder, runningOn } from './data-folder.ts'
import { AlreadyRunning } from './errors.ts'
import { askForFolder } from './takeover.ts'

/** A host answers its held calls and ends ClickHouse before it lets go. */
const TAKEOVER_MS = 20_000

/**
 * The data folder's log. A Sallyport that another program hosts (`sallyport mcp` in a coding tool) gives way to one that
 * a person started. Any other is named in the refusal.
 */
export async function openLog(folder: DataFolder, hosted: boolean): Promise<EventLog> {
  try {
    return await sqliteEventLog({ path: folder.log })
  } catch (reason) {
    if (!(reason instanceof EventLogLocked)) throw reason
    if (!hosted && runningOn(folder)?.hosted !== false) return takenOver(folder)
    throw alreadyRunning(folder, reason)
  }
}

async function takenOver(folder: DataFolder): Promise<EventLog> {
  const withdraw = askForFolder(folder.path)
  try {
    return await retry(() => sqliteEventLog({ path: folder.log }), {
      firstMs: 50,
      longestMs: 200,
      deadlineMs: TAKEOVER_MS,
      isFinal: (reason) => !(reason instanceof EventLogLocked) || runningOn(folder)?.hosted === false,
    })
  } catch (reason) {
    if (!(reason instanceof EventLogLocked)) throw reason
    throw alreadyRunning(folder, reason)
  } finally {
    withdraw()
  }
}

function alreadyRunning(folder: DataFolder, cause: EventLogLocked): AlreadyRunning {
  const running = runningOn(folder)
  return new AlreadyRunning(folder.path, running && `${running.api}, process ${running.pid}`, { cause })
}
