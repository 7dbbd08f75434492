import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { LocalToken } from './config.ts'
import { DataFolderUnusable, SecretKeyDamaged } from './errors.ts'
import { keepText, readIfThere, replaceFile } from './small-files.ts'

const SECRET_BYTES = 32

/**
 * The one folder of a laptop's Sallyport. Everything made in it is for its owner only (0700, files 0600). A folder
 * that existed before keeps its mode.
 */
export interface DataFolder {
  readonly path: string
  readonly log: string
  readonly clickhouse: string
  /** How far each delivery has come. */
  readonly deliveries: string
  /** What the proxy could not record when it happened. */
  readonly late: string
  /** A file for each delivery, locked by the process that delivers. */
  readonly leases: string
  /** The installation's secret, made at the first start. */
  readonly secret: Buffer
}

/** Makes or opens the folder. Throws `DataFolderUnusable`. */
export function openDataFolder(given: string): DataFolder {
  const path = resolve(given)
  try {
    makeFolder(path)
    const secret = keepText(join(path, 'secret-key'), () => randomBytes(SECRET_BYTES).toString('base64'))
    return {
      path,
      log: join(path, 'log.db'),
      clickhouse: join(path, 'clickhouse'),
      deliveries: join(path, 'deliveries.db'),
      late: join(path, 'late.jsonl'),
      leases: join(path, 'leases'),
      secret: usableSecret(secret, path),
    }
  } catch (cause) {
    if (cause instanceof SecretKeyDamaged) throw cause
    throw new DataFolderUnusable(path, { cause })
  }
}

/** Folder by folder: Node's recursive mkdir never returns where a file system refuses with ENOENT, as /proc does. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/** Half a secret would seal and sign as if it were one. */
function usableSecret(text: string, path: string): Buffer {
  const secret = Buffer.from(text, 'base64')
  if (secret.length < SECRET_BYTES) throw new SecretKeyDamaged(path)
  return secret
}

/** The facts that a running Sallyport leaves for commands on this machine. */
export interface RunFile {
  readonly pid: number
  readonly proxy: string
  readonly api: string
  /** Whether it is inside another program, and gives way to one that a person starts. */
  readonly hosted: boolean
  readonly localToken: LocalToken
}

const runFile = (folder: DataFolder) => join(folder.path, 'run.json')

/** Tells commands on this machine where this process listens. */
export function writeRunFile(folder: DataFolder, facts: Omit<RunFile, 'pid'>): void {
  const run: RunFile = { pid: process.pid, ...facts }
  replaceFile(runFile(folder), JSON.stringify(run))
}

/** What the process that has the folder has left; undefined while it starts. */
export function runningOn(folder: DataFolder): RunFile | undefined {
  const text = readIfThere(runFile(folder))
  return text === undefined ? undefined : (JSON.parse(text) as RunFile)
}

export function removeRunFile(folder: DataFolder): void {
  rmSync(runFile(folder), { force: true })
}
