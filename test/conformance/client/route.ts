import { randomUUID } from 'node:crypto'
import type { FetchLike } from '@modelcontextprotocol/client'
import { apiClient } from '@sallyport/cli'

/** A Sallyport to go through, as JSON in the variable of this name; without it clients go straight. */
export const THROUGH = 'SALLYPORT_CONFORMANCE_THROUGH'

export interface Through {
  readonly api: string
  readonly adminToken: string
  readonly proxy: string
  readonly gatewayToken: string
}

export interface Route {
  readonly url: URL
  readonly fetch: FetchLike
}

/** The way to a server of the suite. Each lives for one scenario, so it is registered by the client that visits it. */
export async function routeTo(address: string, scenario: string): Promise<Route> {
  const through = process.env[THROUGH]
  if (through === undefined) return { url: new URL(address), fetch: (input, init) => fetch(input, init) }
  const { api, adminToken, proxy, gatewayToken } = JSON.parse(through) as Through
  const name = `suite-${randomUUID().slice(0, 8)}`
  const credential = scenario.startsWith('auth/') ? { kind: 'passthrough' } : null
  await apiClient({ url: api, token: adminToken }).write('POST', '/v1/upstreams', {
    connector: 'mcp',
    name,
    target: { kind: 'http', url: address },
    credential,
  })
  const url = new URL(`${proxy}/mcp/${name}`)
  return {
    url,
    fetch(input, init) {
      const headers = new Headers(init?.headers)
      // When Authorization is for the server itself, another header identifies the caller.
      if (new URL(input).href === url.href)
        if (credential === null) headers.set('authorization', `Bearer ${gatewayToken}`)
        else headers.set('sallyport-gateway', gatewayToken)
      return fetch(input, { ...init, headers })
    },
  }
}
