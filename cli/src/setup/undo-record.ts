import { basename } from 'node:path'
import { sha256Hex } from '@sallyport/runtime'
import { createTwoFilesPatch } from 'diff'
import { readConfig } from './config-document.ts'
import {
  type ConfigFile,
  keepBackup,
  readBeside,
  removeBeside,
  replaceConfigFile,
  writeBeside,
} from './config-file.ts'
import { NothingToUndo } from './errors.ts'
import { valueAt } from './operation.ts'
import type { Rewritten } from './rewrite.ts'
import type { Tool } from './tools.ts'
import { digestOf, type Run, type Undone, undo } from './undo.ts'

/** The changes that were made to a file, kept beside it (mode 0600) so that they can be undone. */
interface UndoRecord {
  readonly version: 1
  readonly runs: readonly Run[]
}

/**
 * Backup, then record, then the file. So the rewrite can be undone even if it ends halfway. Gives the backup's name.
 */
export function writeRewritten(file: ConfigFile, tool: Tool, { text, edited }: Rewritten): string {
  const backup = keepBackup(file)
  const data = readConfig(text, tool.format)
  const run: Run = {
    original: file.digest,
    written: sha256Hex(text),
    backup,
    edited: edited.map((path) => ({ path, written: digestOf(valueAt(data, path)) })),
    ...(tool.format === 'toml'
      ? { reverse: createTwoFilesPatch('', '', text, file.text, '', '', { context: 0 }) }
      : {}),
  }
  const record: UndoRecord = { version: 1, runs: [...(recordOf(file)?.runs ?? []), run] }
  writeBeside(file, recordName(file), `${JSON.stringify(record, null, 2)}\n`)
  replaceConfigFile(file, text)
  return backup
}

/** The file as it was before Sallyport; nothing is written yet. */
export function planUndo(file: ConfigFile, tool: Tool): Undone {
  const record = recordOf(file)
  if (!record) throw new NothingToUndo('no rewrite is recorded')
  return undo(file.text, tool.format, record.runs, (run) => {
    const backup = readBeside(file, run.backup)
    if (backup === undefined || sha256Hex(backup) !== run.original)
      throw new NothingToUndo(`the backup ${run.backup} is gone or was changed`)
    return backup
  })
}

/** Restores, and forgets what there was to undo with: the backups hold what the file held. */
export function writeUndone(file: ConfigFile, { text }: Undone): void {
  const runs = recordOf(file)?.runs ?? []
  if (text !== file.text) replaceConfigFile(file, text)
  removeBeside(file, recordName(file))
  for (const { backup } of runs) removeBeside(file, backup)
}

export function hasRecord(file: ConfigFile): boolean {
  return recordOf(file) !== undefined
}

function recordName(file: ConfigFile): string {
  return `${basename(file.target)}.sallyport-undo.json`
}

function recordOf(file: ConfigFile): UndoRecord | undefined {
  const text = readBeside(file, recordName(file))
  if (text === undefined) return undefined
  try {
    const record = JSON.parse(text) as UndoRecord
    if (record.version === 1 && Array.isArray(record.runs)) return record
  } catch {
    // Falls through: an unreadable record is not relied on.
  }
  throw new NothingToUndo('the record of what was done cannot be read')
}
