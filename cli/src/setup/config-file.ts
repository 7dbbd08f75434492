import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { sha256Hex } from '@sallyport/runtime'
import { ConfigChangedMeanwhile, ConfigLeavesProject, ConfigNotText, ConfigNotWritable } from './errors.ts'

const MAX_BYTES = 32 * 1024 * 1024

/** A configuration as it was read. */
export interface ConfigFile {
  /** Where the tool looks. */
  readonly path: string
  /** Where the bytes are, links followed; this is what is written. */
  readonly target: string
  readonly text: string
  /** SHA-256 of the bytes. */
  readonly digest: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/**
 * Reads a file; undefined if it does not exist. `within`: a link must not lead out of this folder, or a checked-out
 * project could have another file of the user rewritten.
 */
export function readConfigFile(path: string, within?: string): ConfigFile | undefined {
  if (!existsSync(path)) return undefined
  const target = realpathSync(path)
  if (within !== undefined && isOutside(target, realpathSync(within)))
    throw new ConfigLeavesProject(path, target)
  const file = openSync(target, constants.O_RDONLY)
  try {
    const { mode, uid, gid, size } = fstatSync(file)
    if (!fstatSync(file).isFile()) throw new ConfigNotText(`${path} is not a file`)
    if (size > MAX_BYTES) throw new ConfigNotText(`${path} has over ${MAX_BYTES} bytes`)
    const bytes = readFileSync(file)
    return {
      path,
      target,
      text: textOf(path, bytes),
      digest: sha256Hex(bytes),
      mode: mode & 0o7777,
      uid,
      gid,
    }
  } finally {
    closeSync(file)
  }
}

function textOf(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ConfigNotText(`${path} is not UTF-8 text`)
  }
}

function isOutside(target: string, folder: string): boolean {
  const way = relative(folder, target)
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
}

/**
 * Replaces the file in one step, with the mode and the owner it had. A reader sees the old bytes or the new ones. A
 * file that changed since it was read is left as it is.
 */
export function replaceConfigFile(file: ConfigFile, text: string): void {
  const temporary = join(
    dirname(file.target),
    `.${basename(file.target)}.${randomBytes(6).toString('hex')}.tmp`,
  )
  try {
    writeNew(temporary, text, file)
    if (sha256Hex(readFileSync(file.target)) !== file.digest) throw new ConfigChangedMeanwhile(file.path)
    renameSync(temporary, file.target)
  } catch (cause) {
    rmSync(temporary, { force: true })
    if (cause instanceof ConfigChangedMeanwhile) throw cause
    throw new ConfigNotWritable(file.path, { cause })
  }
}

function writeNew(path: string, text: string, like?: ConfigFile): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(file, text)
    if (like && process.platform !== 'win32') {
      const { uid, gid } = fstatSync(file)
      if (uid !== like.uid || gid !== like.gid) fchownSync(file, like.uid, like.gid)
      fchmodSync(file, like.mode)
    }
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Keeps the bytes beside the file, for its owner only, and gives the name: it has the digest in it. */
export function keepBackup(file: ConfigFile): string {
  const name = `${basename(file.target)}.sallyport-${file.digest.slice(0, 16)}.bak`
  const kept = readBeside(file, name)
  if (kept === undefined || sha256Hex(kept) !== file.digest) writeBeside(file, name, file.text)
  return name
}

/** A file of ours beside the configuration, replaced in one step, for its owner only. */
export function writeBeside(file: ConfigFile, name: string, text: string): void {
  const path = join(dirname(file.target), name)
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  writeNew(temporary, text)
  renameSync(temporary, path)
}

export function readBeside(file: ConfigFile, name: string): string | undefined {
  const path = join(dirname(file.target), basename(name))
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

export function removeBeside(file: ConfigFile, name: string): void {
  rmSync(join(dirname(file.target), basename(name)), { force: true })
}
