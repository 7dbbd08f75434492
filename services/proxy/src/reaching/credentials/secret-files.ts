import { randomBytes } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readSecretFile, secretFilePath } from '@sallyport/runtime'

/** How long a content is taken for what the file holds. */
const KEPT_MS = 1000
const LOCK_PATIENCE_MS = 15_000
const LOCK_POLL_MS = 50
/** Longer than any request to a token endpoint takes. */
const LOCK_OLD_MS = 60_000

/** Secrets mounted as files into one folder. Nothing outside it is read, even if a name or a link leads there. */
export class SecretFiles {
  readonly #folder: string | null
  readonly #read = new Map<string, { readonly text: string; readonly until: number }>()

  /** `folder` is null where none is configured: nothing can be read then. */
  constructor(folder: string | null) {
    this.#folder = folder
  }

  /** The content of the file a moment ago, without the last line break; undefined before the first read. */
  recent(file: string): string | undefined {
    const known = this.#read.get(file)
    return known !== undefined && known.until > performance.now() ? known.text : undefined
  }

  /** The content of the file now. Rejects with a reason that names the file and nothing in it. */
  async read(file: string): Promise<string> {
    const text = await readSecretFile(this.#folder, file)
    this.#read.set(file, { text, until: performance.now() + KEPT_MS })
    return text
  }

  /** Replaces the content of the file at once. A reader sees the old content or the new one. */
  async replace(file: string, text: string): Promise<void> {
    const path = await secretFilePath(this.#folder, file)
    const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
    this.#read.delete(file)
    try {
      const handle = await open(beside, 'wx', 0o600)
      try {
        await handle.writeFile(text)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(beside, path)
    } catch (cause) {
      await rm(beside, { force: true })
      throw new Error(`${file} cannot be replaced`, { cause })
    }
  }

  /**
   * Keeps other processes that do the same from the file until the returned function is called. In a folder that cannot
   * be written there is no lock: the file cannot be replaced there either. A lock that a dead process left is broken
   * after a while.
   */
  async lock(file: string): Promise<() => Promise<void>> {
    const path = `${await secretFilePath(this.#folder, file)}.lock`
    for (const until = performance.now() + LOCK_PATIENCE_MS; performance.now() < until; ) {
      try {
        await (await open(path, 'wx', 0o600)).close()
        return () => rm(path, { force: true })
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') return async () => {}
      }
      await breakOld(path)
      await delay(LOCK_POLL_MS)
    }
    throw new Error(`${file} is in use by another process`)
  }
}

async function breakOld(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > LOCK_OLD_MS) await rm(path, { force: true })
  } catch {
    // It was given back meanwhile.
  }
}
