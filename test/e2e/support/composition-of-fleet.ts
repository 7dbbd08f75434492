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

/** Resolves when every process has folded the control log up to where the furthest one is now. */
async function sameOffset(fleet: Fleet): Promise<void> {
  const authorization = `Bearer ${fleet.adminToken}`
  const readers = [
    ...fleet.apis.map((url) => () => readOffset(`${url}/v1/status`, { authorization })),
    ...fleet.proxies.map((url) => () => readOffset(`${url}/healthz`, {})),
  ]
  const goal = Math.max(...(await Promise.all(readers.map((read) => read()))))
  await Promise.all(
    readers.map(async (read) => {
      while ((await read()) < goal) await delay(5)
    }),
  )
}

async function readOffset(url: string, headers: Record<string, string>): Promise<number> {
  const status = (await (await fetch(url, { headers })).json()) as Status
  return status.parts['control']?.facts.offset ?? 0
}

interface Status {
  readonly parts: Readonly<Record<string, { readonly facts: { readonly offset: number } }>>
}
