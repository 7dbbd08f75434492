import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { AnyNewEvent } from '@sallyport/events'

/** Events as lines of JSON, for their owner only. Of one process at a time. */
export class LateFile {
  readonly #path: string
  /** Whether the file may end with half a line, to which the next one must not be joined. */
  #torn = false

  constructor(path: string) {
    this.#path = path
  }

  /** What is there; half a line, from a crash or a full disk, is counted. */
  async read(): Promise<{ readonly events: readonly AnyNewEvent[]; readonly unreadable: number }> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
    const text = await readFile(this.#path, 'utf8').catch(() => '')
    this.#torn = text !== '' && !text.endsWith('\n')
    const lines = text.split('\n').filter((line) => line !== '')
    const events = lines.flatMap(eventOf)
    return { events, unreadable: lines.length - events.length }
  }

  async append(line: string): Promise<void> {
    const begin = this.#torn ? '\n' : ''
    this.#torn = true
    await appendFile(this.#path, `${begin}${line}\n`, { mode: 0o600 })
    this.#torn = false
  }

  /** A crash leaves the old lines or the new ones. */
  async replace(lines: readonly string[]): Promise<void> {
    const beside = `${this.#path}.new`
    await writeFile(beside, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 })
    await rename(beside, this.#path)
    this.#torn = false
  }
}

function eventOf(line: string): AnyNewEvent[] {
  try {
    return [JSON.parse(line) as AnyNewEvent]
  } catch {
    return []
  }
}
