import type { ChangedPart } from '@sallyport/inspection'
import type { HeldEdit } from '@sallyport/rpc'

/** Other arguments in the place of those that the agent sent, as it is told of them. */
export interface Edited {
  /** The name of whoever edited it. */
  readonly by: string
  readonly reason: string | null
  /** With secrets masked. */
  readonly changes: readonly ChangedPart[]
  /** How many more there are. */
  readonly more: number
}

const MOST_TOLD = 100
const LONGEST_TOLD = 1000
const MOST_SAID = 10
const LONGEST_SAID = 200

export function editedBy(
  { by, reason }: Pick<HeldEdit, 'by' | 'reason'>,
  changes: readonly ChangedPart[],
): Edited {
  const told = changes.slice(0, MOST_TOLD).map(({ place, from, to }) => ({
    place: cut(place, LONGEST_TOLD),
    from: from === null ? null : cut(from, LONGEST_TOLD),
    to: to === null ? null : cut(to, LONGEST_TOLD),
  }))
  return { by, reason, changes: told, more: changes.length - told.length }
}

/** What was changed, in words. `what`: the beginning of the sentence. */
export function editedWords({ by, reason, changes, more }: Edited, what: string): string {
  const said = changes.slice(0, MOST_SAID).map(changeWords)
  const left = changes.length - said.length + more
  const rest = left === 0 ? '' : `; and ${left} more`
  const why = reason === null ? '' : ` ${by} says: ${JSON.stringify(reason)}.`
  return `${what} ${by}: ${said.join('; ')}${rest}.${why}`
}

function changeWords({ place, from, to }: ChangedPart): string {
  const where = place === '' ? 'the whole' : place
  if (from === null) return `${where} added: ${quoted(to)}`
  if (to === null) return `${where} removed: ${quoted(from)}`
  return `${where} from ${quoted(from)} to ${quoted(to)}`
}

function quoted(text: string | null): string {
  return JSON.stringify(cut(text ?? '', LONGEST_SAID))
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`
}
