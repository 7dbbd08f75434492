import { type Environment, messageOf } from '@sallyport/runtime'
import { apiClient } from '../api-client.ts'
import { installedDataFolder } from '../data-place.ts'
import { refusePlainText } from '../refuse-plain-text.ts'
import { EmbeddedSallyport } from './embedded-sallyport.ts'
import { GatewayTokenUnknown, SallyportNotReached } from './errors.ts'
import { keptGatewayToken } from './kept-tokens.ts'
import type { Place } from './proxy-link.ts'
import { gatewayTokenOf, upstreamNameOf } from './register.ts'

export interface FindOptions {
  /** The proxy of a Sallyport elsewhere. */
  readonly proxy?: string
  /** Tokens may go there in plain text. */
  readonly insecure?: boolean
  readonly data?: string
  readonly gateway: string
  readonly name: string
  /** As it may be registered, without credentials. */
  readonly command: readonly string[]
  readonly environment: Environment
  /** Tells the person at the machine; standard output is the client's. */
  readonly note: (text: string) => void
}

export interface PlaceFinder {
  /** Looked for anew each time: the last one may have ended. Rejects with SallyportNotReached. */
  find(): Promise<Place>
  stop(): Promise<void>
}

/**
 * Where the wrapper connects: the proxy it was told (`--proxy`, SALLYPORT_PROXY_URL), else the Sallyport of the data
 * folder on this machine, which is started where none runs.
 */
export function placeFinder(options: FindOptions): PlaceFinder {
  const { environment, gateway, note, insecure = false } = options
  const folder = options.data ?? (environment['SALLYPORT_DATA'] || installedDataFolder())
  const embedded = new EmbeddedSallyport(folder, environment)
  const proxy = options.proxy ?? environment['SALLYPORT_PROXY_URL']
  const token = environment['SALLYPORT_GATEWAY_TOKEN']
  let notes = new Set<string>()
  const noteOnce = (text: string) => {
    if (!notes.has(text)) note(text)
    notes = new Set([...notes, text])
  }

  const elsewhere = async (address: string): Promise<Place> => {
    if (!token) throw new SallyportNotReached('SALLYPORT_GATEWAY_TOKEN is not set')
    refusePlainText(address, insecure)
    const { SALLYPORT_URL: url, SALLYPORT_TOKEN: admin } = environment
    const place = { proxy: address.replace(/\/+$/, ''), token, command: options.command }
    if (!url || !admin) return { ...place, name: options.name }
    const api = apiClient({ url: url.replace(/\/+$/, ''), token: admin, insecure })
    return { ...place, name: await upstreamNameOf(api, options.name, options.command, noteOnce) }
  }
  const here = async (): Promise<Place> => {
    const running = await embedded.running()
    if (token) noteOnce('SALLYPORT_GATEWAY_TOKEN says which gateway this is; --gateway is not looked at')
    const admin = environment['SALLYPORT_TOKEN'] || running.token
    const place = { proxy: running.proxy, command: options.command }
    if (admin === null) {
      // A person has registered the server, and permitted it to its gateway: sallyport setup.
      const kept = token || keptGatewayToken(folder, gateway)
      if (!kept) throw new GatewayTokenUnknown(gateway)
      return { ...place, token: kept, name: options.name }
    }
    const api = apiClient({ url: running.api, token: admin })
    return {
      ...place,
      token: token || (await gatewayTokenOf(api, folder, gateway, noteOnce)),
      name: await upstreamNameOf(api, options.name, options.command, noteOnce),
    }
  }

  return {
    async find() {
      try {
        return await (proxy ? elsewhere(proxy) : here())
      } catch (cause) {
        if (cause instanceof SallyportNotReached) throw cause
        throw new SallyportNotReached(messageOf(cause), { cause })
      }
    },
    stop: () => embedded.stop(),
  }
}
