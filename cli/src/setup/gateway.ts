import { PRESET_MEANING, PRESETS, type Preset, presetPermissions } from '@sallyport/policy/presets'
import type { ApiClient, Page } from '../api-client.ts'
import type { PermissionRow } from '../permission-row.ts'
import { keepGatewayToken, keptGatewayToken } from '../stdio/kept-tokens.ts'

/** The agent that a tool is from now on, and what it may do. */
export interface PreparedGateway {
  readonly name: string
  readonly made: boolean
  /** Null: the gateway keeps the permissions that it had. */
  readonly preset: Preset | null
}

export interface GatewayWish {
  readonly name: string
  /** Null: `observe` for a gateway that has no permission of its own yet. */
  readonly preset: Preset | null
  /** The data folder of this machine's Sallyport, which keeps the token for `sallyport mcp`; null for one elsewhere. */
  readonly folder: string | null
}

interface Gateway {
  readonly name: string
  readonly token?: string
  readonly revokedAt: string | null
}

/** A gateway as it would be prepared, before anything is done. */
export interface PlannedGateway extends PreparedGateway {
  /** The token that this machine keeps for it; null where it has none. */
  readonly token: string | null
  /** The number of permissions that change; null where that cannot be told beforehand. */
  readonly acts: { readonly set: number; readonly removed: number } | null
}

/** What `prepareGateway` would do. Asks, and changes nothing; `api` is null where no Sallyport runs that could be asked. */
export async function planGateway(api: ApiClient | null, wish: GatewayWish): Promise<PlannedGateway> {
  const { name, preset, folder } = wish
  const kept = folder === null ? null : (keptGatewayToken(folder, name) ?? null)
  if (api === null) {
    const made = kept === null
    return { name, made, preset: preset ?? (made ? 'observe' : null), token: kept, acts: null }
  }
  const { known, given, changes } = await changesFor(api, wish)
  const acts = { set: changes.set.length, removed: changes.removed.length }
  return { name, made: !known, preset: given, token: known ? kept : null, acts }
}

/** Makes the gateway where there is none, gives it its preset, and gives its token where this machine has it. */
export async function prepareGateway(
  api: ApiClient,
  wish: GatewayWish,
): Promise<PreparedGateway & { readonly token: string | null }> {
  const { name, folder } = wish
  const { known, given, changes } = await changesFor(api, wish)
  const added = known ? undefined : await api.write<Gateway>('POST', '/v1/gateways', { name })
  if (added?.token !== undefined && folder !== null) keepGatewayToken(folder, name, added.token)
  const token = added?.token ?? (folder === null ? null : (keptGatewayToken(folder, name) ?? null))
  for (const one of changes.set) await api.write('PUT', '/v1/permissions', { gateway: name, ...one })
  for (const { id } of changes.removed) await api.write('DELETE', `/v1/permissions/${encodeURIComponent(id)}`)
  return { name, made: !known, preset: given, token }
}

async function changesFor(api: ApiClient, { name, preset }: GatewayWish) {
  const gateways = await all<Gateway>(api, '/v1/gateways')
  const known = gateways.some((one) => one.name === name && one.revokedAt === null)
  const own = (await all<PermissionRow>(api, '/v1/permissions')).filter(
    (one) => one.gateway === name && one.origin === 'explicit',
  )
  const given = preset ?? (own.length === 0 ? 'observe' : null)
  const changes = given === null ? { set: [], removed: [] } : presetChanges(given, own)
  return { known, given, changes }
}

/** Takes the place of another preset's permissions. Those that a person set stay. */
function presetChanges(preset: Preset, own: readonly PermissionRow[]) {
  const wide = own.filter(({ upstream }) => upstream === null)
  const wanted = new Map(presetPermissions(preset).map((one) => [keyOf(one), one]))
  const isThere = (key: string, { decision }: Said) =>
    wide.some((one) => keyOf(one) === key && one.decision === decision)
  const ofPresets = new Set(PRESETS.flatMap((one) => presetPermissions(one).map(saidBy)))
  return {
    set: [...wanted].filter(([key, one]) => !isThere(key, one)).map(([, one]) => one),
    removed: wide.filter((one) => !wanted.has(keyOf(one)) && ofPresets.has(saidBy(one))),
  }
}

type Said = Pick<PermissionRow, 'connector' | 'action' | 'decision'>

const keyOf = ({ connector, action }: Pick<Said, 'connector' | 'action'>) => `${connector} ${action}`
const saidBy = (one: Said) => `${keyOf(one)} ${one.decision}`

async function all<T>(api: ApiClient, path: string): Promise<readonly T[]> {
  const found: T[] = []
  let cursor: string | undefined
  do {
    const page: Page<T> = await api.get(path, { limit: 200, cursor })
    found.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return found
}

/** For the person who ran setup: what the agent may do now, and how that is changed. */
export function gatewayText({ name, made, preset }: PreparedGateway, tool: string): string {
  const how = `sallyport setup ${tool} --preset ${PRESETS.join('|')}, or sallyport permissions set --gateway ${name} …`
  const says =
    preset === null
      ? 'keeps the permissions that it has'
      : `has the preset ${preset}: ${PRESET_MEANING[preset]}`
  return `gateway ${name}${made ? ' (new)' : ''} ${says}\n  to change that: ${how}`
}
