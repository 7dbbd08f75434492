import { isDeepStrictEqual } from 'node:util'
import { canonicalJson, sha256Hex } from '@sallyport/runtime'
import { applyPatch } from 'diff'
import { type Format, readConfig, withoutMark } from './config-document.ts'
import { UndoRefused } from './errors.ts'
import { openJson } from './json-document.ts'
import { applyEdits, type Path, type Value, valueAt } from './operation.ts'

/** One rewrite of a file, with the facts that undoing it needs. Holds no secret but, for TOML, in `reverse`. */
export interface Run {
  /** SHA-256 of the bytes before and after. */
  readonly original: string
  readonly written: string
  /** The name of the file with the bytes before. */
  readonly backup: string
  /** The keys that were changed, with a digest of what was written there. */
  readonly edited: readonly { readonly path: Path; readonly written: string }[]
  /** The patch from what was written to what was there, for formats whose tables have no one place. */
  readonly reverse?: string
}

export interface Undone {
  readonly text: string
  /** False where other keys had changed and were kept. */
  readonly exact: boolean
}

/**
 * The file as it was before the runs. A file that is unchanged since the rewrite becomes what it was, byte for byte. In
 * a file with other changes, only the servers are put back.
 */
export function undo(
  text: string,
  format: Format,
  runs: readonly Run[],
  backupOf: (run: Run) => string,
): Undone {
  return runs.toReversed().reduce<Undone>(
    (now, run) => {
      const digest = sha256Hex(now.text)
      if (digest === run.original) return now
      const backup = backupOf(run)
      if (digest === run.written) return { text: backup, exact: now.exact }
      return { text: putBack(now.text, format, run, backup), exact: false }
    },
    { text, exact: true },
  )
}

function putBack(text: string, format: Format, run: Run, backup: string): string {
  const now = readConfig(text, format)
  const before = readConfig(backup, format)
  const changed = run.edited.filter(({ path, written }) => digestOf(valueAt(now, path)) !== written)
  if (changed.length > 0)
    throw new UndoRefused(`changed since: ${changed.map(({ path }) => path.join('.')).join(', ')}`)
  const restored = format === 'json' ? restoreJson(text, run, backup) : restorePatch(text, run)
  const expected = run.edited.reduce<Value>(
    (value, { path }) => withValue(value, path, valueAt(before, path)),
    now,
  )
  if (restored === undefined || !isDeepStrictEqual(readConfig(restored, format), expected))
    throw new UndoRefused('the lines around the servers changed since')
  return restored
}

function restoreJson(text: string, run: Run, backup: string): string {
  const original = openJson(withoutMark(backup))
  return run.edited.reduce((now, { path }) => {
    const body = withoutMark(now)
    const edits = openJson(body).restore(path, original.raw(path))
    return now.slice(0, now.length - body.length) + applyEdits(body, edits)
  }, text)
}

function restorePatch(text: string, run: Run): string | undefined {
  return (run.reverse !== undefined && applyPatch(text, run.reverse)) || undefined
}

/** The digest that recognises a value later. A missing value has a digest too. */
export function digestOf(value: Value | undefined): string {
  return sha256Hex(value === undefined ? '' : canonicalJson(value))
}

function withValue(value: Value, path: Path, to: Value | undefined): Value {
  const [key, ...rest] = path
  if (key === undefined) return to ?? null
  const entries = Object.entries(value as { readonly [key: string]: Value })
  if (rest.length === 0 && to === undefined)
    return Object.fromEntries(entries.filter(([name]) => name !== key))
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, name === key ? withValue(inner, rest, to) : inner]),
  )
}
