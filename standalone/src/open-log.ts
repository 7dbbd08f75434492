import { type EventLog, EventLogLocked, sqliteEventLog } from '@sallyport/event-log'
import { type DataFolder, runningApi } from './data-folder.ts'
import { AlreadyRunning } from './errors.ts'

/**
 * The data folder's log. Where another process has it, the error names that process: it may be a wrapper in a coding
 * tool that nobody sees.
 */
export async function openLog(folder: DataFolder): Promise<EventLog> {
  try {
    return await sqliteEventLog({ path: folder.log })
  } catch (reason) {
    if (!(reason instanceof EventLogLocked)) throw reason
    throw new AlreadyRunning(folder.path, runningApi(folder), { cause: reason })
  }
}
