import { createHash } from 'node:crypto'

/** The name of a session in events: enough to follow it, useless for joining it. */
export function sessionLabel(upstreamId: string): string {
  return createHash('sha256').update(upstreamId).digest('hex').slice(0, 16)
}
