/**
 * `2026-11-21 14:32:01+01:00`: how every command shows an instant to a person, in the machine's time zone and with its
 * offset. What is not an instant stays as it is. With `--json` instants are as the API tells them, in UTC.
 */
export function shownTime(instant: string): string {
  return shown(instant, '')
}

/** The same with milliseconds: `2026-11-21 14:32:01.250+01:00`. */
export function shownMoment(instant: string): string {
  return shown(instant, `.${padded(new Date(instant).getMilliseconds(), 3)}`)
}

function shown(instant: string, fraction: string): string {
  const time = new Date(instant)
  if (Number.isNaN(time.getTime())) return instant
  const day = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map((part) => padded(part, 2))
  const east = -time.getTimezoneOffset()
  const offset = [Math.floor(Math.abs(east) / 60), Math.abs(east) % 60].map((part) => padded(part, 2))
  const clock = time.toTimeString().slice(0, 8)
  return `${day.join('-')} ${clock}${fraction}${east < 0 ? '-' : '+'}${offset.join(':')}`
}

function padded(part: number, width: number): string {
  return String(part).padStart(width, '0')
}
