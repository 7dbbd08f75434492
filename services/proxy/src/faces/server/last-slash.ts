/** Whether the path of a target ends in a slash, so that relative references lead behind it. */
export function endsInSlash(target: string): boolean {
  return target[endOfPath(target) - 1] === '/'
}

/** A target whose path does not end in a slash: `/mcp/NAME/` is `/mcp/NAME`. */
export function withoutLastSlash(target: string): string {
  if (!endsInSlash(target)) return target
  const end = endOfPath(target)
  const path = target.slice(0, end - 1)
  // Only one: of two slashes, some readers make one and some do not.
  return path === '' || path.endsWith('/') ? target : path + target.slice(end)
}

function endOfPath(target: string): number {
  const mark = target.indexOf('?')
  return mark < 0 ? target.length : mark
}
