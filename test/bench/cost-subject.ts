import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type * as native from '@sallyport/native'
import type * as apis from '../e2e/support/api.ts'
import type { Composition } from '../e2e/support/composition.ts'
import type * as fleets from '../e2e/support/composition-of-fleet.ts'
import type * as standalones from '../e2e/support/standalone-composition.ts'
import type { LoadTarget } from './callers.ts'

/** A running Sallyport of one source tree, ready to be called through. */
export interface Subject {
  readonly composition: Composition
  readonly target: LoadTarget
  /** All its processes. */
  readonly pids: ReadonlyMap<string, number>
  /** How long it took from the start of the process until it said that it is ready; NaN for a fleet. */
  readonly readyMs: number
  readonly folder: string | undefined
  /** Resolves when everything that was recorded so far can be searched. */
  ingested(): Promise<void>
  stop(): Promise<void>
}

/** Its own helpers come from the tree too: they know its API. */
export async function standaloneOf(root: string, upstreamUrl: string): Promise<Subject> {
  const { startStandalone } = await from<typeof standalones>(
    root,
    'test/e2e/support/standalone-composition.ts',
  )
  const startedAt = performance.now()
  const standalone = await startStandalone()
  const readyMs = performance.now() - startedAt
  return {
    composition: standalone,
    target: await targetOf(root, standalone, upstreamUrl),
    pids: new Map([['standalone', standalone.pid]]),
    readyMs,
    folder: standalone.folder,
    ingested: () => ingested(standalone.api, standalone.adminToken),
    stop: () => standalone.stop(),
  }
}

export async function fleetOf(
  root: string,
  upstreamUrl: string,
  engines: { readonly kafkaBrokers: string; readonly natsUrl: string },
): Promise<Subject> {
  const { startFleet } = await from<typeof native>(root, 'infra/native/src/index.ts')
  const { compositionOf } = await from<typeof fleets>(root, 'test/e2e/support/composition-of-fleet.ts')
  const fleet = await startFleet({ ...engines, proxies: 1, decisions: 1 })
  const composition = compositionOf(fleet)
  return {
    composition,
    target: await targetOf(root, composition, upstreamUrl),
    pids: new Map([...fleet.processes].map(([name, process]) => [name, process.pid ?? 0])),
    readyMs: Number.NaN,
    folder: undefined,
    async ingested() {
      for (const api of fleet.apis) await ingested(api, fleet.adminToken)
    },
    stop: () => fleet.stop(),
  }
}

async function targetOf(root: string, composition: Composition, upstreamUrl: string): Promise<LoadTarget> {
  const { apiOf } = await from<typeof apis>(root, 'test/e2e/support/api.ts')
  const api = apiOf(composition)
  const gateway = await api.addGateway()
  const upstream = await api.addUpstream(upstreamUrl)
  await api.permit(gateway.name, 'mcp.tools.read_*', 'allow')
  await composition.inForce()
  return {
    url: `${composition.proxies[0]}/mcp/${upstream}`,
    headers: { authorization: `Bearer ${gateway.token}` },
  }
}

/** A part that does not ingest has no `ingest` in its status, and nothing to wait for. */
async function ingested(api: string, token: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${api}/v1/status`, { headers: { authorization: `Bearer ${token}` } })
    const { parts } = (await answer.json()) as Status
    const ingest = parts['ingest']
    if (ingest === undefined || (ingest.status === 'ok' && ingest.facts?.['lagEvents'] === 0)) return
    await delay(100)
  }
}

interface Status {
  readonly parts: Readonly<
    Record<string, { readonly status: string; readonly facts?: Readonly<Record<string, unknown>> }>
  >
}

async function from<M>(root: string, path: string): Promise<M> {
  const file = join(root, path)
  if (!existsSync(file)) throw new Error(`${root} has no ${path}`)
  return (await import(pathToFileURL(file).href)) as M
}
