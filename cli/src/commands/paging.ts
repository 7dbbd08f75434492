import type { Command } from 'commander'
import type { Query } from '../api-client.ts'

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

/** The flags of a list that go to the API. The command's other flags, the token among them, stay here. */
export function pageQuery({ limit, cursor }: ListFlags): Query {
  return { limit, cursor }
}
