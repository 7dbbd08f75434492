import { readFileSync, rmSync, unwatchFile, watchFile } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from './small-files.ts'

/** How soon a hosted Sallyport notices. */
const LOOK_MS = 250

const fileOf = (folder: string) => join(folder, 'takeover.json')

/** Asks the program that hosts the folder's Sallyport to end it. Returns how to take that back. */
export function askForFolder(folder: string): () => void {
  replaceFile(fileOf(folder), JSON.stringify({ pid: process.pid }))
  return () => rmSync(fileOf(folder), { force: true })
}

/** Whether a process that lives wants the folder for itself. */
export function folderIsWanted(folder: string): boolean {
  try {
    const { pid } = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as { pid: number }
    return pid !== process.pid && process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Calls back when another process wants the folder. Returns how to stop looking. */
export function onFolderWanted(folder: string, wanted: () => void): () => void {
  const look = () => {
    if (folderIsWanted(folder)) wanted()
  }
  watchFile(fileOf(folder), { interval: LOOK_MS, persistent: false }, look)
  look()
  return () => unwatchFile(fileOf(folder), look)
}
