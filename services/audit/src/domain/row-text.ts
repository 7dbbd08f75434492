import type { EventRow } from './event-row.ts'

/** One line of JSONEachRow. ClickHouse refuses half a surrogate pair, which JSON may hold: it is replaced. */
export function rowText(row: EventRow): string {
  const text = JSON.stringify(row)
  return text.includes('\\ud') ? JSON.stringify(row, wellFormed) : text
}

function wellFormed(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}
