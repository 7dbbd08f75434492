import { retry, sha256Hex } from '@sallyport/runtime'
import { commandDigest } from '@sallyport/stdio'
import type { ApiClient, Page } from '../api-client.ts'
import { ApiProblem } from '../errors.ts'
import { GatewayTokenUnknown } from './errors.ts'
import { keepGatewayToken, keptGatewayToken } from './kept-tokens.ts'

interface Registered {
  readonly name: string
  readonly target: { readonly kind: string; readonly command?: readonly string[] }
}

const RACE_MS = 2000

/**
 * The token of the gateway. A gateway that does not exist is made. A gateway whose token was kept and revoked stays so.
 */
export async function gatewayTokenOf(
  api: ApiClient,
  folder: string,
  gateway: string,
  note: (text: string) => void,
): Promise<string> {
  const kept = keptGatewayToken(folder, gateway)
  if (kept !== undefined) return kept
  try {
    const { token } = await api.write<{ token: string }>('POST', '/v1/gateways', { name: gateway })
    keepGatewayToken(folder, gateway, token)
    note(`made gateway ${gateway}, which may use no tool until an administrator permits it`)
    return token
  } catch (reason) {
    if (!isConflict(reason)) throw reason
  }
  // Another wrapper may be making it at this moment.
  const look = async () => {
    const token = keptGatewayToken(folder, gateway)
    if (token === undefined) throw new GatewayTokenUnknown(gateway)
    return token
  }
  return retry(look, { firstMs: 50, longestMs: 100, deadlineMs: RACE_MS })
}

/**
 * The name under which the command is registered: the wanted one, or one with a digest when the wanted name stands for
 * another server. Permissions and approvals for that server must not reach this one.
 */
export async function upstreamNameOf(
  api: ApiClient,
  wanted: string,
  command: readonly string[],
  note: (text: string) => void,
): Promise<string> {
  if (await isRegistered(api, wanted, command)) return wanted
  const distinct = `${wanted.slice(0, 55)}-${sha256Hex(command.join('\0')).slice(0, 6)}`
  if (!(await isRegistered(api, distinct, command)))
    throw new Error(`the names ${wanted} and ${distinct} stand for other servers`)
  note(`${wanted} stands for another server; this one is ${distinct}`)
  return distinct
}

async function isRegistered(api: ApiClient, name: string, command: readonly string[]): Promise<boolean> {
  const known = (await find(api, name)) ?? (await add(api, name, command))
  const { target } = known
  return (
    target.kind === 'attached' &&
    target.command !== undefined &&
    commandDigest(target.command) === commandDigest(command)
  )
}

async function add(api: ApiClient, name: string, command: readonly string[]): Promise<Registered> {
  try {
    const target = { kind: 'attached', command: [...command] }
    return await api.write<Registered>('POST', '/v1/upstreams', { connector: 'mcp', name, target })
  } catch (reason) {
    const other = isConflict(reason) ? await find(api, name) : undefined
    if (other === undefined) throw reason
    return other
  }
}

async function find(api: ApiClient, name: string, cursor?: string): Promise<Registered | undefined> {
  const page = await api.get<Page<Registered>>('/v1/upstreams', { limit: 500, cursor })
  const found = page.items.find((item) => item.name === name)
  if (found !== undefined || page.next === null) return found
  return find(api, name, page.next)
}

function isConflict(reason: unknown): boolean {
  return reason instanceof ApiProblem && reason.problem.status === 409
}
