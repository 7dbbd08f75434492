import type { Upstream } from '../api/types.ts'
import { shellWord } from './shell-word.ts'

/** An address, or the command that runs. */
export function targetText(target: Upstream['target']): string {
  return target.kind === 'http' ? target.url : target.command.map(shellWord).join(' ')
}

/** How a server is reached, in words. */
export function reachedText({ kind }: Upstream['target']): string {
  if (kind === 'http') return 'at an address'
  return kind === 'stdio' ? 'run by the proxy' : 'run beside its agent'
}
