import { isLoopback, type ListenAddress } from '@sallyport/runtime'
import { type ApiServerOptions, createApiServer } from './api-server.ts'
import { publishedDocument } from './open-api.ts'

export interface ProcessApiConfig {
  readonly listen: ListenAddress
  /** Names by which it may be asked; none: any, and only loopback ones where it listens on loopback. */
  readonly hosts: readonly string[]
}

export interface ProcessApi {
  /** Where it really listens, e.g. `http://127.0.0.1:8081`. */
  readonly url: string
  close(): Promise<void>
}

/** The API of one process of a fleet, listening; it serves the document of the whole API. */
export async function startProcessApi(
  config: ProcessApiConfig,
  options: ApiServerOptions,
): Promise<ProcessApi> {
  const { listen, hosts } = config
  const byDefault = isLoopback(listen.host) ? 'loopback' : undefined
  const allowedHosts = hosts.length > 0 ? hosts : byDefault
  const server = await createApiServer({
    document: publishedDocument(),
    ...options,
    ...(allowedHosts ? { allowedHosts } : {}),
  })
  const url = await server.listen({ host: listen.host, port: listen.port })
  return { url, close: () => server.close() }
}
