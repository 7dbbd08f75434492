import type { CredentialView } from './credential-flags.ts'

/** An upstream as the API has it. */
export interface Upstream {
  readonly id: string
  readonly name: string
  readonly connector: string
  readonly path: string
  readonly target: Target
  readonly credential: CredentialView | null
  readonly metaKeys?: readonly string[]
  readonly createdAt: string
}

type Target =
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'stdio' | 'attached'; readonly command: readonly string[] }

/** An address, or how the command is run and which it is. */
export function targetText(target: Target): string {
  return target.kind === 'http' ? target.url : `${target.kind}: ${target.command.map(quoted).join(' ')}`
}

/** As a shell would have to be told: `node 'my server.js'` is not `node my server.js`. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
