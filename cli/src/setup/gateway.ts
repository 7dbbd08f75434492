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

/** Makes the gateway where there is none, gives it its preset, and gives its token where this machine has it. */
export async function prepareGateway(
  api: ApiClient,
  { name, preset, folder }: GatewayWish,
): Promise<PreparedGateway & { readonly token: string | null }> {
  const gateways = await all<Gateway>(api, '/v1/gateways')
  const known = gateways.some((one) => one.name === name && one.revokedAt === null)
  const added = known ? undefined : await api.write<Gateway>('POST', '/v1/gateways', { name })
  if (added?.token !== undefined && folder !== null) keepGatewayToken(folder, name, added.token)
  const token = added?.token ?? (folder === null ? null : (keptGatewayToken(folder, name) ?? null))
  const own = (await all<PermissionRow>(api, '/v1/permissions')).filter(
    (one) => one.gateway === name && one.origin === 'explicit',
  )
  const given = preset ?? (own.length === 0 ? 'observe' : null)
  if (given !== null) await givePreset(api, name, given, own)
  return { name, made: !known, preset: given, token }
}

/** Takes the place of another preset's permissions. Those that a person set stay. */
async function givePreset(
  api: ApiClient,
  gateway: string,
  preset: Preset,
  own: readonly PermissionRow[],
): Promise<void> {
  const wide = own.filter(({ upstream }) => upstream === null)
  const wanted = new Map(presetPermissions(preset).map((one) => [keyOf(one), one]))
  for (const [key, { connector, action, decision }] of wanted) {
    if (wide.some((one) => keyOf(one) === key && one.decision === decision)) continue
    await api.write('PUT', '/v1/permissions', { gateway, connector, action, decision })
  }
  const ofPresets = new Set(PRESETS.flatMap((one) => presetPermissions(one).map(saidBy)))
  for (const one of wide)
    if (!wanted.has(keyOf(one)) && ofPresets.has(saidBy(one)))
      await api.write('DELETE', `/v1/permissions/${encodeURIComponent(one.id)}`)
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
