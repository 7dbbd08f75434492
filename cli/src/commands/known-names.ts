import type { Context } from '../context.ts'
import { everyItem } from './paging.ts'

interface Gateway {
  readonly name: string
  readonly revokedAt: string | null
}

/** Remarks on a gateway that does not exist: one that was mistyped takes effect on nothing. Never fails the command. */
export async function remarkUnknownGateway({ api, output }: Context, name: string): Promise<void> {
  if (output.json || name === '*') return
  const known = await isKnown(api, name).catch(() => true)
  if (!known) output.note(`note: there is no gateway ${name} now; this has no effect until there is`)
}

async function isKnown(api: Context['api'], name: string): Promise<boolean> {
  for await (const item of everyItem<Gateway>(api, '/v1/gateways', {}, {}))
    if (item.name === name && item.revokedAt === null) return true
  return false
}
