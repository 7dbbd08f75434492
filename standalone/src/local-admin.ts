import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Mode, newToken, ShortcutRefused } from '@sallyport/runtime'
import type { LocalToken } from './config.ts'
import type { DataFolder } from './data-folder.ts'
import { LocalTokenNotBegun } from './errors.ts'
import { keepText, readIfThere, replaceFile } from './small-files.ts'

/** The folder's own admin token. */
export interface LocalAdmin {
  /** `optional`: commands find it in the folder. `required`: it is in no file, and commands are given one. */
  readonly local: LocalToken
  /** The token of the folder; with `required` one that nobody has yet, for where it has to be issued. */
  readonly token: string
  /** Whether it has to be issued beside others that are in force: commands begin or end to need one. */
  readonly begins: boolean
  /** The token that was in a file until now, and that any process of this user may have read. */
  readonly replaced: string | null
  /** True until a start has come far enough to show it. */
  readonly unseen: boolean
}

export interface FolderUse {
  /** Null: as the last start had it. */
  readonly local: LocalToken | null
  /** Whether another program hosts this Sallyport. Nobody would see a token there, so it never begins to need one. */
  readonly hosted: boolean
  /** Production has no commands without a token. */
  readonly mode: Mode
}

const tokenFile = (path: string) => join(path, 'admin-token')
const requiredFile = (path: string) => join(path, 'local-token-required')

/** Decides how commands of this machine are let in. For the process that has the folder's log. */
export function openLocalAdmin({ path }: DataFolder, { local: asked, hosted, mode }: FolderUse): LocalAdmin {
  const needed = existsSync(requiredFile(path))
  if (hosted && !needed && asked === 'required') throw new LocalTokenNotBegun(path)
  const local = (hosted ? null : asked) ?? (needed ? 'required' : 'optional')
  if (mode === 'production' && local === 'optional')
    throw new ShortcutRefused('a command without a token', 'start with SALLYPORT_LOCAL_TOKEN=required')
  const unseen = !existsSync(seenFile(path))
  if (local === 'optional') {
    const token = keepText(tokenFile(path), () => newToken('sp_api_'))
    return { local, token, begins: needed, replaced: null, unseen: unseen || needed }
  }
  // Before anything is issued: a start that ends halfway is gone on with, and not taken back.
  if (!needed) replaceFile(requiredFile(path), '')
  const replaced = readIfThere(tokenFile(path)) || null
  return { local, token: newToken('sp_api_'), begins: replaced !== null, replaced, unseen: false }
}

const seenFile = (path: string) => join(path, 'token-shown')

/** The admin token was issued, and shown where it had to be: no later start shows it, and no file keeps what must not be. */
export function settleLocalAdmin({ path }: DataFolder, { local }: LocalAdmin, hosted: boolean): void {
  if (!hosted) replaceFile(seenFile(path), '')
  if (local === 'required') rmSync(tokenFile(path), { force: true })
  else rmSync(requiredFile(path), { force: true })
}
