import type { Health, HealthCheck } from '@sallyport/runtime'

const DEADLINE_MS = 800

/** The health of other processes by their `/healthz`, from `name=http://host:port` texts. */
export function peerHealth(addresses: readonly string[]): Record<string, HealthCheck> {
  return Object.fromEntries(
    addresses.map((text) => {
      const cut = text.indexOf('=')
      return [text.slice(0, cut), () => askPeer(text.slice(cut + 1))]
    }),
  )
}

async function askPeer(url: string): Promise<Health> {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const response = await fetch(`${url}/healthz`, { signal }).catch(() => undefined)
  if (response === undefined) return { status: 'down', reason: `nothing answers at ${url}` }
  return response.ok ? { status: 'ok' } : { status: 'down', reason: `it answers ${response.status}` }
}
