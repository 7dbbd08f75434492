import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '@sallyport/runtime'
import type { RunFile } from '@sallyport/standalone'
import { dataFolder } from './data-place.ts'
import { LocalTokenRequired, NoToken, NotRunning, Unreachable, UsageError } from './errors.ts'

/** Where the API is, and the token to use there. */
export interface Connection {
  readonly url: string
  readonly token: string
  /** The token may go there in plain text. */
  readonly insecure?: boolean
  /** The data folder that both come from, of a Sallyport that runs on this machine. */
  readonly folder?: string
}

export interface ConnectionFlags {
  readonly url?: string
  readonly token?: string
  readonly insecure?: boolean
}

const DEFAULT_API = 'http://127.0.0.1:8081'

/**
 * Flags, then SALLYPORT_URL and SALLYPORT_TOKEN, then the data folder. The folder's admin token is sent only to the
 * address that the same folder names, never to one given by a flag or a variable. It is sent only while the process
 * that named the address lives: afterwards anybody on the machine may listen there.
 */
export function resolveConnection(flags: ConnectionFlags, environment: Environment): Connection {
  const folder = dataFolder(environment)
  const run = readRunFile(folder)
  const local = run?.api ?? DEFAULT_API
  const told = flags.url ?? environment['SALLYPORT_URL']
  const url = trimmed(told ?? local)
  const given = flags.token ?? environment['SALLYPORT_TOKEN']
  if (given) return { url, token: given, ...(flags.insecure && { insecure: true }) }
  const runs = run !== undefined && isOurs(run.pid)
  if (runs && run.localToken === 'required' && url === trimmed(local)) throw new LocalTokenRequired()
  const token = url === trimmed(local) ? readToken(folder) : undefined
  if (told === undefined && !(token && runs)) throw new NotRunning(folder)
  if (!token) throw new NoToken()
  if (!runs) throw new Unreachable(url)
  return { url, token, folder }
}

export interface Running extends RunFile {
  /** The folder's admin token; null where commands on this machine are given one. */
  readonly token: string | null
}

/** The Sallyport that runs on this data folder now; undefined where none does. */
export function runningOn(folder: string): Running | undefined {
  const run = readRunFile(folder)
  if (run === undefined || !isOurs(run.pid)) return undefined
  if (run.localToken === 'required') return { ...run, token: null }
  const token = readToken(folder)
  return token === undefined ? undefined : { ...run, token }
}

export function readRunFile(folder: string): RunFile | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))
  } catch {
    return undefined
  }
}

/** A process of somebody else's under that number (EPERM) is not the one that wrote it. */
function isOurs(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function readToken(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, 'admin-token'), 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

function trimmed(url: string): string {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new UsageError('--url must be an http or https address')
  return url.replace(/\/+$/, '')
}
