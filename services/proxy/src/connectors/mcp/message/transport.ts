import type { McpCall } from './call.ts'

/** How the agent is connected, as decisions and records name it. */
export function transportOf({ upstream, session }: Pick<McpCall, 'upstream' | 'session'>): string {
  if (upstream.target.kind === 'attached') return 'stdio'
  return session === null || session.endpoint === null ? 'http' : 'http+sse'
}
