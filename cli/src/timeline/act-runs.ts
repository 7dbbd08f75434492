import type { AdminLine, TimelineItem } from './items.ts'

/** Permissions that somebody changed one after the other; the acts of a preset are no further apart. */
const APART_MS = 2000
/** Fewer are told one by one. */
const LEAST = 4

/**
 * Takes the lines of a timeline in the order of time, and makes one line of many changes of one gateway's permissions in
 * one go, as by a preset. Any other line stays as it is.
 */
export class ActRuns {
  #run: AdminLine[] = []
  /** Whether lines before the first one are left out, so that the first run may be longer than it looks. */
  #cut: boolean

  constructor({ cut = false }: { readonly cut?: boolean } = {}) {
    this.#cut = cut
  }

  /** The lines that are settled with this one. */
  push(item: TimelineItem): TimelineItem[] {
    const last = this.#run.at(-1)
    if (isChange(item) && last !== undefined && goesOn(last, item)) {
      this.#run.push(item)
      return []
    }
    const settled = this.end()
    // The first line is settled, or is in the run that may have begun before it.
    if (settled.length > 0 || !isChange(item)) this.#cut = false
    if (!isChange(item)) return [...settled, item]
    this.#run = [item]
    return settled
  }

  /** What is left when no more lines come. */
  end(): TimelineItem[] {
    const run = this.#run
    const more = this.#cut ? ' or more' : ''
    this.#run = []
    const [first] = run
    if (first === undefined || run.length < LEAST) return run
    const set = run.filter(({ act }) => act === 'permission.set').length
    const counts = [counted(set, `set${more}`), counted(run.length - set, `removed${more}`)].filter(Boolean)
    return [{ ...first, summary: `permissions of ${first.gateway}: ${counts.join(', ')} (--wide has each)` }]
  }
}

function counted(count: number, done: string): string {
  return count === 0 ? '' : `${count} ${done}`
}

function isChange(item: TimelineItem): item is AdminLine {
  if (item.kind !== 'admin' || item.effect !== 'done' || item.gateway === null) return false
  return item.act === 'permission.set' || item.act === 'permission.removed'
}

function goesOn(before: AdminLine, { at, by, gateway }: AdminLine): boolean {
  return (
    by.name === before.by.name &&
    gateway === before.gateway &&
    Date.parse(at) - Date.parse(before.at) <= APART_MS
  )
}
