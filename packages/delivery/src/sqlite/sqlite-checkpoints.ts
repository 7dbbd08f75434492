import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Checkpoints, Mark } from '../checkpoints.ts'
import { createPrivate } from './file-leases.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS marks (
    consumer TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next INTEGER NOT NULL,
    until INTEGER,
    PRIMARY KEY (consumer, topic, partition)
  ) STRICT, WITHOUT ROWID;
`

interface Row {
  readonly partition: number
  readonly next: number
  readonly until: number | null
}

/**
 * Marks in a file. `synchronous=NORMAL`: a kill of the process loses none, a power cut the last ones, whose events are
 * delivered again. That is why a mark costs microseconds and needs no thread. Opened when it is first used.
 */
export function sqliteCheckpoints(path: string): Checkpoints & { close(): void } {
  let opened: Statements | undefined
  const file = () => {
    opened ??= open(path)
    return opened
  }
  return {
    async load(consumer, topic) {
      const rows = file().load.all(consumer, topic) as unknown as Row[]
      return Object.fromEntries(rows.map((row) => [row.partition, markOf(row)]))
    },
    async save(consumer, topic, partition, mark) {
      file().save.run(consumer, topic, partition, mark.next, mark.until ?? null)
    },
    async forget(consumer) {
      file().forget.run(consumer)
    },
    close() {
      opened?.db.close()
      opened = undefined
    },
  }
}

interface Statements {
  readonly db: DatabaseSync
  readonly load: StatementSync
  readonly save: StatementSync
  readonly forget: StatementSync
}

function open(path: string): Statements {
  createPrivate(path)
  const db = new DatabaseSync(path, { timeout: 2000 })
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${SCHEMA}`)
  return {
    db,
    load: db.prepare('SELECT partition, next, until FROM marks WHERE consumer = ? AND topic = ?'),
    save: db.prepare('INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?)'),
    forget: db.prepare('DELETE FROM marks WHERE consumer = ?'),
  }
}

function markOf({ next, until }: Row): Mark {
  return until === null ? { next } : { next, until }
}
