import type { Paint } from '../colour.ts'
import { paintWord } from '../colour.ts'
import { printable } from '../output.ts'
import { shownTime } from '../shown-time.ts'
import { durationText } from './duration.ts'
import type { AdminLine, DecidedLine, HoldEnd, TimelineItem } from './items.ts'
import { resultText } from './result.ts'

export interface ColumnWidths {
  /** The agent, or the person who administered. */
  readonly who: number
  readonly upstream: number
  readonly action: number
}

export interface LineOptions {
  readonly widths?: ColumnWidths
  /** With the id for `log show` and the arguments. */
  readonly wide?: boolean
  readonly paint?: Paint
}

/** The usual actions fit; a longer name widens its column from there on, up to the most. */
const LEAST: ColumnWidths = { who: 0, upstream: 0, action: 23 }
const MOST: ColumnWidths = { who: 24, upstream: 24, action: 48 }

const plain: Paint = (_, text) => text

export function columnWidths(items: readonly TimelineItem[], before = LEAST): ColumnWidths {
  const widest = (column: keyof ColumnWidths, textOf: (item: TimelineItem) => string) =>
    Math.min(MOST[column], Math.max(before[column], ...items.map((item) => textOf(item).length)))
  return {
    who: widest('who', whoOf),
    upstream: widest('upstream', (item) => (item.kind === 'action' ? item.upstream : '')),
    action: widest('action', (item) => (item.kind === 'action' ? item.action : '')),
  }
}

/** `2026-11-21 14:32:01+01:00 | code-agent | files | mcp.tools.list          | ALLOW | 12ms`. */
export function logLine(
  item: TimelineItem,
  { widths = LEAST, wide = false, paint = plain }: LineOptions = {},
): string {
  const columns = [shownTime(item.at), ...columnsOf(item, widths), ...(wide ? wideColumns(item) : [])]
  return columns
    .map(printable)
    .map((cell) => paintWord(paint, cell))
    .join(' | ')
    .trimEnd()
}

function columnsOf(item: TimelineItem, { who, upstream, action }: ColumnWidths): string[] {
  switch (item.kind) {
    case 'action':
      return [
        item.gateway.padEnd(who),
        item.upstream.padEnd(upstream),
        item.action.padEnd(action),
        item.verdict.toUpperCase().padEnd(5),
        outcomeOf(item) + (item.late ? ' (recorded late)' : ''),
      ]
    case 'admin':
      return [item.by.name.padEnd(who), 'ADMIN', actText(item)]
    case 'undecodable': {
      const { topic, partition, offset, reason } = item.undecodable
      return ['UNREAD', `${topic}/${partition}/${offset}`, reason]
    }
  }
}

function wideColumns(item: TimelineItem): string[] {
  if (item.kind !== 'action') return [item.eventId]
  return [item.actionId, ...(item.arguments === null ? [] : [JSON.stringify(item.arguments)])]
}

function whoOf(item: TimelineItem): string {
  if (item.kind === 'undecodable') return ''
  return item.kind === 'action' ? item.gateway : item.by.name
}

/** An act, why, and whether it came to nothing. */
export function actText({ summary, reason, effect, rejection }: AdminLine): string {
  return `${summary}${reason === null ? '' : ` (${reason})`}${resultText(effect, rejection)}`
}

function outcomeOf(item: DecidedLine): string {
  if (item.verdict === 'hold') return holdText(item)
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

/** `approved by dana after 12s`; a hold that nobody has answered yet waits, with its caller or without. */
function holdText({ at, holdEnd, outcome }: DecidedLine): string {
  if (holdEnd === null || holdEnd.status === 'pending')
    return outcome === 'aborted' ? 'waiting... (its caller has gone)' : 'waiting...'
  const after = holdEnd.at === null ? '' : ` after ${durationText(Date.parse(holdEnd.at) - Date.parse(at))}`
  return `${endText(holdEnd)}${after}`
}

function endText({ status, by, reason }: HoldEnd): string {
  switch (status) {
    case 'consumed':
      return by === null ? 'approved by a grant' : `approved by ${by}`
    case 'lapsed':
      return `approved by ${by} and not used`
    case 'expired':
      return 'expired, unanswered'
    case 'cancelled':
    case 'revoked':
      return reason === null ? status : `${status}: ${reason}`
    default:
      return by === null ? status : `${status} by ${by}`
  }
}

function milliseconds(value: number): string {
  return `${value > 0 && value < 1 ? 1 : Math.round(value)}ms`
}
