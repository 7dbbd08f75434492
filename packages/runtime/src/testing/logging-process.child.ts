import { createLogger } from '../logger.ts'

export interface LoggingOrder {
  readonly lines: number
  /** How much more than its number stands in each line. */
  readonly bytes?: number
}

const logger = createLogger('child')

/** Logs as many lines as it is told and says what was lost so far; ends when it is told so. */
process.on('message', (order: LoggingOrder | 'end') => {
  if (order === 'end') process.exit(0)
  const text = 'x'.repeat(order.bytes ?? 0)
  for (let line = 1; line <= order.lines; line += 1) logger.warn({ line, text }, `message ${line % 20}`)
  setImmediate(() => process.send?.(logger.lost?.()))
})
process.send?.('ready')
