import type { Decision } from '@sallyport/policy/words'
import type { Agent } from '../support/agent.ts'
import { connectAgent } from '../support/agent.ts'
import { type Api, apiOf } from '../support/api.ts'
import type { Composition } from '../support/composition.ts'
import { type RunningUpstream, startEverything, startFilesystem } from '../support/upstreams.ts'

/** The start of every scenario: a running composition and two real MCP servers behind it. */
export interface World {
  readonly composition: Composition
  readonly api: Api
  readonly files: Awaited<ReturnType<typeof startFilesystem>>
  readonly everything: RunningUpstream
  close(): Promise<void>
}

export async function openWorld(composition: Composition): Promise<World> {
  const [files, everything] = await Promise.all([startFilesystem(), startEverything()])
  return {
    composition,
    api: apiOf(composition),
    files,
    everything,
    async close() {
      await composition.stop()
      await Promise.all([files.stop(), everything.stop()])
    },
  }
}

export interface Governed {
  readonly gateway: string
  readonly token: string
  readonly upstream: string
  /** Connects another client of the same agent, through the given proxy (default: the first). */
  connect(proxy?: number): Promise<Agent>
}

type Rules = Readonly<Record<string, Decision>>

/** A new agent in front of one upstream with these permissions, known to every proxy. */
export async function govern(world: World, upstreamUrl: string, rules: Rules): Promise<Governed> {
  const { token, name: gateway } = await world.api.addGateway()
  const upstream = await world.api.addUpstream(upstreamUrl)
  for (const [action, decision] of Object.entries(rules)) await world.api.permit(gateway, action, decision)
  await world.composition.inForce()
  return {
    gateway,
    token,
    upstream,
    connect: (proxy = 0) => connectAgent(world.composition.proxies.at(proxy) as string, upstream, token),
  }
}
