import { printable } from './output.ts'

/** A line of the log as the API gives it: a decision, with what came of it once it is known. */
export interface TimelineItem {
  readonly at: string
  readonly gateway: string
  readonly action: string
  readonly verdict: 'allow' | 'deny' | 'hold'
  readonly rule: string
  readonly decisionMs: number
  readonly durationMs: number | null
  readonly outcome: string | null
  readonly answeredBy: string | null
  readonly fault: string | null
}

/** The width of the action's column: the usual names fit, a longer one widens it from there on. */
const MIN_WIDTH = 23
const MAX_WIDTH = 48

export function actionWidth(items: readonly Pick<TimelineItem, 'action'>[], before = MIN_WIDTH): number {
  return Math.min(MAX_WIDTH, Math.max(before, ...items.map((item) => item.action.length)))
}

/** `14:32:01 | code-agent | mcp.tools.list          | ALLOW | 12ms`, in the machine's time zone. */
export function logLine(item: TimelineItem, width = MIN_WIDTH): string {
  const time = new Date(item.at).toTimeString().slice(0, 8)
  const columns = [
    time,
    item.gateway,
    item.action.padEnd(width),
    item.verdict.toUpperCase().padEnd(5),
    outcomeOf(item),
  ]
  return columns.map(printable).join(' | ')
}

function outcomeOf(item: TimelineItem): string {
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
