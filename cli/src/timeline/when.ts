/** `2026-11-21 14:32:01`, in the machine's time zone. */
export function localTime(instant: string): string {
  const time = new Date(instant)
  const day = [time.getFullYear(), time.getMonth() + 1, time.getDate()]
  return `${day.map((part) => String(part).padStart(2, '0')).join('-')} ${time.toTimeString().slice(0, 8)}`
}

/** The same with milliseconds. */
export function localMoment(instant: string): string {
  return `${localTime(instant)}.${String(new Date(instant).getMilliseconds()).padStart(3, '0')}`
}

/** `89ms`, `12s`, `3m 5s`: as exact as a person wants it. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${ms > 0 && ms < 1 ? 1 : Math.round(ms)}ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`
  return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`
}
