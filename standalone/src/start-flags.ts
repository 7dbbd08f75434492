import { parseArgs } from 'node:util'
import { InvalidConfig, messageOf } from '@sallyport/runtime'

/** What `npm start -- …` may be told. */
export interface StartFlags {
  /** Why the start goes on past damage of the log. */
  readonly acceptLogDamage?: string
}

/** Throws `InvalidConfig`. */
export function readStartFlags(args: readonly string[]): StartFlags {
  const reason = parsed(args)['accept-log-damage']
  if (reason === undefined) return {}
  if (reason.trim() === '') throw new InvalidConfig(['--accept-log-damage needs a reason, which is recorded'])
  return { acceptLogDamage: reason }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { 'accept-log-damage': { type: 'string' } } }).values
  } catch (reason) {
    throw new InvalidConfig([messageOf(reason)])
  }
}
