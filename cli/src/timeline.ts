import type { Outcome } from '@sallyport/policy/words'
import { printable } from './output.ts'

/** A line of the log as the API gives it. */
export type TimelineItem = DecidedLine | UnreadLine

/** A record that this release cannot read, or that is not an event of ours. Nothing in it is taken for true. */
export interface UnreadLine {
  readonly at: string
  readonly undecodable: {
    readonly topic: string
    readonly partition: number
    readonly offset: number
    readonly reason: string
  }
}

/** A decision, with what came of it once it is known. */
export interface DecidedLine {
  readonly at: string
  readonly gateway: string
  readonly action: string
  readonly verdict: Outcome
  readonly rule: string
  readonly decisionMs: number
  readonly durationMs: number | null
  readonly outcome: string | null
  readonly answeredBy: string | null
  readonly fault: string | null
}

export interface ColumnWidths {
  readonly gateway: number
  readonly action: number
}

/** The usual actions fit; a longer name widens its column from there on, up to the most. */
const LEAST: ColumnWidths = { gateway: 0, action: 23 }
const MOST: ColumnWidths = { gateway: 24, action: 48 }

export function columnWidths(
  items: readonly (Pick<DecidedLine, 'gateway' | 'action'> | UnreadLine)[],
  before = LEAST,
): ColumnWidths {
  const decided = items.filter((item) => 'gateway' in item)
  const widest = (column: 'gateway' | 'action') =>
    Math.min(MOST[column], Math.max(before[column], ...decided.map((item) => item[column].length)))
  return { gateway: widest('gateway'), action: widest('action') }
}

/** `14:32:01 | code-agent | mcp.tools.list          | ALLOW | 12ms`, in the machine's time zone. */
export function logLine(item: TimelineItem, widths = LEAST): string {
  const time = new Date(item.at).toTimeString().slice(0, 8)
  if ('undecodable' in item) {
    const { topic, partition, offset, reason } = item.undecodable
    return [time, 'UNREAD', `${topic}/${partition}/${offset}`, reason].map(printable).join(' | ')
  }
  const columns = [
    time,
    item.gateway.padEnd(widths.gateway),
    item.action.padEnd(widths.action),
    item.verdict.toUpperCase().padEnd(5),
    outcomeOf(item),
  ]
  return columns.map(printable).join(' | ')
}

function outcomeOf(item: DecidedLine): string {
  if (item.verdict === 'hold') return 'waiting...'
  if (item.verdict === 'deny') {
    const cause = item.fault ?? (item.answeredBy ? `denied by ${item.answeredBy}` : item.rule)
    return `${milliseconds(item.decisionMs)} (${cause})`
  }
  const notes = [
    item.answeredBy ? `approved by ${item.answeredBy}` : '',
    item.outcome === null || item.outcome === 'ok' ? '' : item.outcome.replaceAll('_', ' '),
  ].filter(Boolean)
  const duration = item.durationMs === null ? 'in flight' : milliseconds(item.durationMs)
  return notes.length > 0 ? `${duration} (${notes.join(', ')})` : duration
}

function milliseconds(value: number): string {
  return `${value > 0 && value < 1 ? 1 : Math.round(value)}ms`
}
