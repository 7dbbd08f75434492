import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** Written beside and renamed over: a crash leaves the old file or the new one, never half of it. For its owner only. */
export function replaceFile(path: string, text: string): void {
  const beside = `${path}.${process.pid}.new`
  writeFileSync(beside, text, { mode: 0o600 })
  renameSync(beside, path)
}

/** The text without blanks around it; undefined where there is no such file. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw reason
  }
}

/** What the file has, else what is made now. */
export function keepText(path: string, make: () => string): string {
  const known = readIfThere(path)
  if (known) return known
  const text = make()
  replaceFile(path, text)
  return text
}
