/** The longest that a timer of Node's waits. */
const LONGEST_MS = 2 ** 31 - 1

interface Closing {
  once(event: 'close', listener: () => void): unknown
  destroy(): unknown
}

/**
 * Breaks off a stream or a socket when the access token that let it in has ended. Its client comes again with another
 * token. `expiresAt` is in milliseconds of the epoch, null for what does not end.
 */
export function untilExpiry(open: Closing, expiresAt: number | null, now: Date): void {
  if (expiresAt === null) return
  const ms = Math.max(0, expiresAt - now.getTime())
  if (ms > LONGEST_MS) return
  const timer = setTimeout(() => open.destroy(), ms)
  open.once('close', () => clearTimeout(timer))
}
