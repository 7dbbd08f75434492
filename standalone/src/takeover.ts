import { readFileSync, rmSync } from 'node:fs'
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

/** Calls back once, when another process wants the folder. Returns how to stop looking. */
export function onFolderWanted(folder: string, wanted: () => void): () => void {
  // Not watched: a file that comes to be while a watch begins is the first that it sees, and no change to it.
  const timer = setInterval(() => {
    if (!folderIsWanted(folder)) return
    clearInterval(timer)
    wanted()
  }, LOOK_MS).unref()
  return () => clearInterval(timer)
}
