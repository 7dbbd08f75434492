/** What a kill switch stops, in words. */
export function reachOf(scope: string): string {
  if (scope === 'global') return 'everything that agents do'
  const colon = scope.indexOf(':')
  const [kind, name] = [scope.slice(0, colon), scope.slice(colon + 1)]
  if (kind === 'gateway') return `the agent ${name}`
  if (kind === 'upstream') return `the server ${name}`
  if (kind === 'connector') return `every server of kind ${name}`
  return scope
}

/** The calls that a kill switch refuses, in words. */
export function callsOf(scope: string): string {
  return scope === 'global' ? 'Every call of every agent' : `Every call of ${reachOf(scope)}`
}

/** Whether what a switch stops includes this agent, server or kind of server. */
export function stops(scope: string, { gateway, upstream, connector }: Stopped): boolean {
  return (
    scope === 'global' ||
    scope === `gateway:${gateway}` ||
    scope === `upstream:${upstream}` ||
    scope === `connector:${connector}`
  )
}

interface Stopped {
  readonly gateway?: string
  readonly upstream?: string
  readonly connector?: string
}
