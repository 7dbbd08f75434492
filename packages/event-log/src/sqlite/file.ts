import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Why a log's file could not be opened. */
export class FileRefused extends Error {
  readonly why: 'locked' | 'unreadable' | 'unavailable'

  constructor(why: FileRefused['why'], reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.why = why
  }
}

/** `SPLG`: marks the file as ours (SQLite's application_id). */
const APPLICATION_ID = 0x53504c47
const FORMAT = 1

const SCHEMA = `
  CREATE TABLE topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE records (
    topic INTEGER NOT NULL REFERENCES topics (id),
    offset INTEGER NOT NULL,
    appended_at INTEGER NOT NULL,
    key TEXT NOT NULL,
    headers TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (topic, offset)
  ) STRICT;
  CREATE TABLE pings (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL, filler BLOB NOT NULL) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT};
`

export interface OpenFile {
  readonly db: DatabaseSync
  close(): void
}

/** Opens the log's file for this instance alone, making it if need be. Throws `FileRefused`. */
export function openLogFile(path: string): OpenFile {
  const lock = refusing('locked', () => takeLock(`${path}.lock`))
  try {
    const db = refusing('unreadable', () => openDatabase(path))
    return {
      db,
      close() {
        db.close()
        lock.close()
      },
    }
  } catch (refused) {
    lock.close()
    throw refused
  }
}

/**
 * The lock is a transaction on a database beside the log, never on the log itself. The kernel releases it with the
 * process, however that ends. A POSIX lock on the log itself would be dropped as soon as anything in this process,
 * such as a backup, opened and closed that file.
 */
function takeLock(path: string): DatabaseSync {
  createPrivate(path)
  const lock = new DatabaseSync(path)
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    throw error
  }
}

function openDatabase(path: string): DatabaseSync {
  createPrivate(path)
  const db = new DatabaseSync(path)
  try {
    requireOurs(db)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function requireOurs(db: DatabaseSync): void {
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
  const application = pragma(db, 'application_id')
  const format = pragma(db, 'user_version')
  if (tables === 0 && application === 0 && format === 0) {
    db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`)
    return
  }
  if (application !== APPLICATION_ID)
    throw new FileRefused('unreadable', 'it is a database of something else')
  if (format !== FORMAT)
    throw new FileRefused('unreadable', `its format is ${format}, this version knows ${FORMAT}`)
}

function pragma(db: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name])
}

/** `wx` and not `a`: opening and closing an existing file would drop another instance's locks on it. */
function createPrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    chmodSync(path, 0o600)
  }
}

const SQLITE_BUSY = 5
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

function refusing<T>(atStep: 'locked' | 'unreadable', open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (error instanceof FileRefused) throw error
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined
    const reason = error instanceof Error ? error.message : String(error)
    if (code === SQLITE_BUSY) throw new FileRefused('locked', reason, { cause: error })
    if (atStep === 'unreadable' && (code === SQLITE_NOTADB || code === SQLITE_CORRUPT)) {
      throw new FileRefused('unreadable', reason, { cause: error })
    }
    throw new FileRefused('unavailable', reason, { cause: error })
  }
}
