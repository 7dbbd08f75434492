import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { newToken } from '@sallyport/runtime'
import { DataFolderUnusable, SecretKeyDamaged } from './errors.ts'

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
  /** A file for each delivery, locked by the process that delivers. */
  readonly leases: string
  /** The installation's secret, made at the first start. */
  readonly secret: Buffer
  /** The admin token, made at the first start and kept for commands on this machine. */
  readonly adminToken: string
  /** True until a start has come far enough to show the admin token. */
  readonly tokenUnseen: boolean
}

/** Makes or opens the folder. Throws `DataFolderUnusable`. */
export function openDataFolder(given: string): DataFolder {
  const path = resolve(given)
  try {
    makeFolder(path)
    const secret = keep(join(path, 'secret-key'), () => randomBytes(SECRET_BYTES).toString('base64'))
    const token = keep(join(path, 'admin-token'), () => newToken('sp_api_'))
    return {
      path,
      log: join(path, 'log.db'),
      clickhouse: join(path, 'clickhouse'),
      deliveries: join(path, 'deliveries.db'),
      leases: join(path, 'leases'),
      secret: usableSecret(secret, path),
      adminToken: token,
      tokenUnseen: !existsSync(seenFile(path)),
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

const seenFile = (path: string) => join(path, 'token-shown')

/** The admin token has been shown; no later start shows it. */
export function markTokenSeen(folder: DataFolder): void {
  replaceFile(seenFile(folder.path), '')
}

const runFile = (folder: DataFolder) => join(folder.path, 'run.json')

/** Tells commands on this machine where this process listens. */
export function writeRunFile(
  folder: DataFolder,
  addresses: { readonly proxy: string; readonly api: string },
): void {
  replaceFile(runFile(folder), JSON.stringify({ pid: process.pid, ...addresses }))
}

/** Where the process that has the folder listens and which it is; undefined while it starts. */
export function runningApi(folder: DataFolder): string | undefined {
  const text = readIfThere(runFile(folder))
  if (text === undefined) return undefined
  const { pid, api } = JSON.parse(text) as { pid: number; api: string }
  return `${api}, process ${pid}`
}

export function removeRunFile(folder: DataFolder): void {
  rmSync(runFile(folder), { force: true })
}

function keep(path: string, make: () => string): string {
  const known = readIfThere(path)
  if (known) return known
  const text = make()
  replaceFile(path, text)
  return text
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw reason
  }
}

/** Written beside and renamed over: a crash leaves the old file or the new one, never half a secret. */
function replaceFile(path: string, text: string): void {
  const beside = `${path}.${process.pid}.new`
  writeFileSync(beside, text, { mode: 0o600 })
  renameSync(beside, path)
}
