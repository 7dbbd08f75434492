import { deriveKey, type Health } from '@sallyport/runtime'
import type { PeerHealth } from './installation-health.ts'

/** More than a process takes to look at its parts. */
const DEADLINE_MS = 2500

/** What processes of one installation know and nobody else: it opens the parts of their health to each other. */
export function healthTokenOf(secret: Uint8Array): string {
  return deriveKey(secret, 'health').toString('base64url')
}

/** The health of other processes by their `/healthz`, from `name=http://host:port` texts. */
export function peerHealth(
  addresses: readonly string[],
  token: string,
): Record<string, () => Promise<PeerHealth>> {
  return Object.fromEntries(
    addresses.map((text) => {
      const cut = text.indexOf('=')
      return [text.slice(0, cut), () => askPeer(text.slice(cut + 1), token)]
    }),
  )
}

async function askPeer(url: string, token: string): Promise<PeerHealth> {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${url}/healthz`, { signal, headers, redirect: 'error' }).catch(
    () => undefined,
  )
  if (response === undefined) return { status: 'down', reason: `nothing answers at ${url}` }
  const parts = await partsOf(response)
  if (response.ok) return { status: 'ok', parts }
  const down = Object.entries(parts).filter(([, { status }]) => status === 'down')
  const reason = down.map(([part, health]) => `${part}: ${health.reason ?? 'down'}`).join('; ')
  return { status: 'down', reason: reason || `it answers ${response.status}`, parts }
}

async function partsOf(response: Response): Promise<Readonly<Record<string, Health>>> {
  try {
    const { parts = {} } = (await response.json()) as { parts?: Readonly<Record<string, Health>> }
    return parts
  } catch {
    return {}
  }
}
