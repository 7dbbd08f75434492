/** `89ms`, `12s`, `3m 5s`: as exact as a person wants it. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${ms > 0 && ms < 1 ? 1 : Math.round(ms)}ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`
  return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`
}
