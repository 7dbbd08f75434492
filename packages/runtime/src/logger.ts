import { pino } from 'pino'
import { LogFlood } from './log-flood.ts'
import { LogLines } from './log-lines.ts'

/** The part of pino that our code uses. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  /** How many lines did not get into the log, by their reason; absent where nothing can be lost. */
  readonly lost?: () => LostLines
}

/** `unwritable`: standard error took nothing. `flood`: the same message had come too often. */
export type LostLines = Readonly<Record<'unwritable' | 'flood', number>>

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export const LOG_LOST_METRIC = {
  name: 'sallyport_log_lines_lost_total',
  help: 'Lines that are not in the log of the process: standard error took nothing, or the same message had come too often',
}

/**
 * JSON lines on standard error. Credentials that end up in a field by mistake are censored. A line that cannot be written
 * is counted, and so is one whose message has come 200 times in ten seconds; the process goes on.
 */
export function createLogger(name: string, level: LogLevel = 'info'): Logger {
  const lines = new LogLines(2, (lost) => logger.warn({ lost }, 'lines of this log could not be written'))
  const flood = new LogFlood()
  const logger = pino(
    {
      name,
      level,
      redact: {
        paths: [
          'token',
          '*.token',
          'authorization',
          '*.authorization',
          'headers',
          '*.headers',
          'secret',
          '*.secret',
        ],
        censor: '[redacted]',
      },
      hooks: {
        logMethod([fields, message], log) {
          const leftOut = flood.pass(String(message))
          if (leftOut === undefined) return
          log.apply(this, [leftOut === 0 ? fields : { ...Object(fields), leftOut }, message])
        },
      },
    },
    lines,
  )
  return Object.assign(logger, { lost: () => ({ unwritable: lines.lost(), flood: flood.leftOut() }) })
}

/** For tests, and for compositions that print for people. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
