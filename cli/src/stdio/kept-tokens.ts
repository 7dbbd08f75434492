import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = 'gateway-tokens'
/** As the API takes names: nothing that leaves the folder. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/

/**
 * The tokens of gateways that were made on this machine, beside its admin token and for the same eyes only: agents
 * that `sallyport mcp` speaks for need no token of their own.
 */
export function keepGatewayToken(folder: string, gateway: string, token: string): void {
  if (!NAME.test(gateway)) return
  const path = join(folder, FOLDER, gateway)
  mkdirSync(join(folder, FOLDER), { recursive: true, mode: 0o700 })
  // Written beside and renamed over: another wrapper may be reading it.
  const beside = `${path}.${process.pid}.new`
  writeFileSync(beside, `${token}\n`, { mode: 0o600 })
  renameSync(beside, path)
}

export function keptGatewayToken(folder: string, gateway: string): string | undefined {
  if (!NAME.test(gateway)) return undefined
  try {
    return readFileSync(join(folder, FOLDER, gateway), 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}
