const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const

/** `2 h 5 min`: the two largest units that a span has; below an hour the largest alone. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const at = UNITS.findIndex(([, size]) => seconds >= size)
  const [name, size] = UNITS[at] ?? ['s', 1]
  const whole = Math.floor(seconds / size)
  const next = UNITS[at + 1]
  if (next === undefined || size <= 60) return `${whole} ${name}`
  const rest = Math.floor((seconds - whole * size) / next[1])
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${next[0]}`
}
