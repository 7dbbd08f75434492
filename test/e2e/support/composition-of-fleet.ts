import { setTimeout as delay } from 'node:timers/promises'
import type { Fleet } from '@sallyport/native'
import type { Composition } from './composition.ts'

/** A fleet as scenarios and benchmarks see it. */
export function compositionOf(fleet: Fleet): Composition {
  return {
    name: 'fleet',
    proxies: fleet.proxies,
    api: fleet.api,
    adminToken: fleet.adminToken,
    inForce: () => sameOffset(fleet),
    stop: () => fleet.stop(),
  }
}

/** Every proxy and decision has folded the control log as far as the decision that is furthest now. */
async function sameOffset(fleet: Fleet): Promise<void> {
  const authorization = `Bearer ${fleet.adminToken}`
  const decisionOffset = async (url: string) => {
    const response = await fetch(`${url}/v1/status`, { headers: { authorization } })
    return offsetOf(await response.json(), 'decision')
  }
  const proxyOffset = async (url: string) => offsetOf(await (await fetch(`${url}/healthz`)).json(), 'control')
  const goal = Math.max(...(await Promise.all(fleet.decisions.map(decisionOffset))))
  const readers = [
    ...fleet.decisions.map((url) => () => decisionOffset(url)),
    ...fleet.proxies.map((url) => () => proxyOffset(url)),
  ]
  await Promise.all(
    readers.map(async (read) => {
      while ((await read()) < goal) await delay(5)
    }),
  )
}

function offsetOf(status: unknown, part: string): number {
  return (status as { parts: Record<string, { facts: { offset: number } }> }).parts[part]?.facts.offset ?? 0
}
