import type { Command } from 'commander'

/** The flags of every list. */
export interface ListFlags {
  readonly limit?: string
  readonly cursor?: string
}

export function listFlags(command: Command): Command {
  return command
    .option('--limit <n>', 'at most this many')
    .option('--cursor <cursor>', 'go on where the last page ended (its "next")')
}
