import type { Page } from '../api-client.ts'
import type { Context } from '../context.ts'

interface Named {
  readonly name: string
  readonly revokedAt?: string | null
}

/** The kinds of connector, which permissions and the kill switch may name as well. */
const KINDS: readonly string[] = ['mcp']

/** Remarks on a name that nobody has: one that was mistyped takes effect on nothing. Never fails the command. */
export async function remarkUnknown(
  { api, output }: Context,
  kind: 'gateway' | 'connector',
  name: string,
): Promise<void> {
  if (output.json || name === '*' || (kind === 'connector' && KINDS.includes(name))) return
  const known = await isKnown(api, `/v1/${kind}s`, name).catch(() => true)
  if (!known) output.note(`note: there is no ${kind} ${name} now; this has no effect until there is`)
}

async function isKnown(api: Context['api'], path: string, name: string, cursor?: string): Promise<boolean> {
  const page = await api.get<Page<Named>>(path, { limit: 500, cursor })
  if (page.items.some((item) => item.name === name && !item.revokedAt)) return true
  return page.next !== null && isKnown(api, path, name, page.next)
}
