const WAIT = /^wait[ \t]*=[ \t]*"?(\d{1,9})"?[ \t]*$/i
const ASYNC = /^respond-async$/i

/** How many seconds the client is willing to wait (RFC 7240, section 4.3); null where it does not say. */
export function preferredWait(prefer: string | undefined): number | null {
  // The first one counts (section 2).
  for (const preference of prefer?.split(',') ?? []) {
    const seconds = WAIT.exec(preference.trim())?.[1]
    if (seconds !== undefined) return Number(seconds)
  }
  return null
}

/** The rest of the field: for how long somebody waits does not change what they ask for. Empty where nothing is left. */
export function preferencesBesideWait(prefer: string): string {
  return prefer
    .split(',')
    .map((preference) => preference.trim())
    .filter((preference) => preference !== '' && !WAIT.test(preference) && !ASYNC.test(preference))
    .join(', ')
}
