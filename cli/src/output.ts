import { once } from 'node:events'
import { paintFor, paintWord } from './colour.ts'
import { asProblem } from './errors.ts'

/** How a command prints: for people, or with `--json` one object (a stream: one object a line). */
export interface Output {
  readonly json: boolean
  line(text: string): void
  object(value: unknown, text: () => string): void
  list(page: { readonly items: readonly unknown[]; readonly next: string | null }, text: () => string): void
  /** A list of any length, item by item, and never faster than it is read; as JSON one object all the same. */
  everything<T>(items: AsyncIterable<T>, text: (item: T) => string): Promise<void>
  /** A remark beside the result, for people only; on standard error, so that a pipe does not get it. */
  note(text: string): void
  failure(reason: unknown): void
}

export function createOutput(json: boolean): Output {
  const write = (text: string) => process.stdout.write(`${text}\n`)
  const note = (text: string) => {
    if (!json) process.stderr.write(`${printable(text)}\n`)
  }
  const print = (value: unknown, text: () => string) => write(json ? JSON.stringify(value) : text())
  return {
    json,
    line: write,
    object: print,
    list(page, text) {
      print(page, text)
      if (page.next !== null) note(`there is more: --all, or --cursor ${page.next}`)
    },
    async everything(items, text) {
      let count = 0
      const begin = () => (count === 0 ? '{"items":[' : ',')
      for await (const item of items) {
        const isTaken = process.stdout.write(json ? begin() + JSON.stringify(item) : `${text(item)}\n`)
        count += 1
        if (!isTaken) await once(process.stdout, 'drain')
      }
      if (json) write(`${count === 0 ? '{"items":[' : ''}],"next":null}`)
      else if (count === 0) note('nothing matches')
    },
    note,
    failure(reason) {
      const problem = asProblem(reason)
      const name = paintFor(process.stderr)('bad', 'sallyport:')
      const text = `${name} ${printable(problem.detail ?? problem.title)}${problem.code ? ` (${problem.code})` : ''}`
      process.stderr.write(`${json ? JSON.stringify(problem) : text}\n`)
    },
  }
}

/** Columns padded to their widest cell. A cell that is a word with a meaning is coloured on a terminal. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const paint = paintFor(process.stdout)
  const cells = [header, ...rows].map((row) => row.map(printable))
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells
    .map((row, line) => {
      const padded = row.map((cell, column) => cell.padEnd(widths[column] ?? 0))
      const last = padded.findLastIndex((cell) => cell.trim() !== '')
      const shown = padded.slice(0, last + 1).map((cell, column) => (column === last ? cell.trimEnd() : cell))
      return line === 0
        ? paint('heading', shown.join('  '))
        : shown.map((cell) => paintWord(paint, cell)).join('  ')
    })
    .join('\n')
}

/** Text that agents and upstreams chose cannot move the cursor, colour or hide anything in a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
  })
}
