import { createHash, hash } from 'node:crypto'
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'

/** How far a topic had come: its next offset, and the SHA-256 of the record before that. */
export interface LogMark {
  readonly end: number
  readonly last: string
}

export type LogMarks = ReadonlyMap<string, LogMark>

/**
 * How far the log had come, in a file beside it: the only witness of an end that was cut off. It is written after what
 * it names is on the disk, so it is never ahead of a log that is whole. It is not synced: after a power failure it may
 * be behind.
 */
export class MarksFile {
  readonly #path: string
  #file: number | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** Undefined where there are none, or none that can be read. */
  read(): LogMarks | undefined {
    try {
      const [line = '', digest] = readFileSync(this.#path, 'utf8').split('\n')
      if (digest !== digestOf(line)) return undefined
      return new Map(Object.entries(JSON.parse(line) as Record<string, LogMark>))
    } catch {
      return undefined
    }
  }

  /** Never throws: marks that cannot be written stay behind, and nothing is refused for that. */
  write(marks: LogMarks): void {
    try {
      this.#file ??= openSync(this.#path, constants.O_CREAT | constants.O_WRONLY, 0o600)
      const line = JSON.stringify(Object.fromEntries(marks))
      writeSync(this.#file, `${line}\n${digestOf(line)}\n`, 0)
    } catch {
      // The next append tries again.
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }
}

/** A record as the file has it. */
export interface MarkedRecord {
  readonly headers: string
  readonly value: Uint8Array
}

export function markOf(end: number, { headers, value }: MarkedRecord): LogMark {
  return { end, last: createHash('sha256').update(headers).update('\n').update(value).digest('hex') }
}

function digestOf(text: string): string {
  return hash('sha256', text)
}
