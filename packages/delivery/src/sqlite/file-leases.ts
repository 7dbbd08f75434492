import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import type { Lease, Leases } from '../leases.ts'

/**
 * Milliseconds between two looks of a waiting instance, and so the longest time that a dead holder keeps others
 * waiting.
 */
const LOOK_MS = 250

const SQLITE_BUSY = 5

/**
 * Leases among processes of one machine: a file in this folder for each name, with a transaction that is never ended.
 * The kernel releases it with the process, however that ends. So a lease never runs out, and a holder never loses one
 * without knowing it.
 */
export function fileLeases(folder: string): Leases {
  return {
    async acquire(name, signal) {
      while (!signal.aborted) {
        const lease = tryLease(join(folder, `${name}.lock`))
        if (lease) return lease
        await delay(LOOK_MS, undefined, { signal }).catch(() => {})
      }
      return undefined
    },
  }
}

function tryLease(path: string): Lease | undefined {
  createPrivate(path)
  const lock = new DatabaseSync(path)
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (isBusy(error)) return undefined
    throw error
  }
  return { release: async () => lock.close() }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY
}

/** `wx` and not `a`: to open and close an existing file would drop the locks that this process has on it. */
export function createPrivate(path: string): void {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    chmodSync(path, 0o600)
  }
}
