import type { Environment } from '@sallyport/runtime'
import { type ApiClient, apiClient } from '../api-client.ts'
import { type ConnectionFlags, readRunFile, resolveConnection } from '../connection.ts'
import { dataFolder } from '../data-place.ts'
import { LocalTokenRequired, NoToken, NotRunning, Unreachable } from '../errors.ts'
import { EmbeddedSallyport } from '../stdio/embedded-sallyport.ts'

/** The Sallyport that a tool is set up for. */
export interface SetupSallyport {
  readonly api: ApiClient
  /** The data folder that it runs on; null for one elsewhere. */
  readonly folder: string | null
  /** Where agents reach it; null where nobody said so. */
  readonly proxy: string | null
  /** Whether it ends with this command, or with the tool that hosts it. */
  readonly hosted: boolean
  /** Whether `sallyport mcp` registers its server by itself: it has no token elsewhere, nor where one is required. */
  readonly wrapperRegisters: boolean
  stop(): Promise<void>
}

/**
 * The Sallyport that the flags name, else the one of this machine. Where none runs it runs here meanwhile, and null in a
 * dry run. Rejects as `resolveConnection` does.
 */
export async function sallyportFor(
  flags: ConnectionFlags,
  environment: Environment,
  dryRun: boolean,
): Promise<SetupSallyport | null> {
  const folder = dataFolder(environment)
  try {
    const connection = resolveConnection(flags, environment)
    const run = readRunFile(folder)
    const here = run !== undefined && run.api === connection.url
    return {
      api: apiClient(connection),
      folder: here ? folder : null,
      proxy: here ? run.proxy : null,
      hosted: here && run.hosted,
      wrapperRegisters: here && run.localToken === 'optional',
      stop: async () => {},
    }
  } catch (reason) {
    const absent = reason instanceof NotRunning
    if (dryRun && (absent || reason instanceof NoToken || reason instanceof Unreachable)) return null
    if (!absent) throw reason
    return begun(folder, flags, environment)
  }
}

async function begun(
  folder: string,
  flags: ConnectionFlags,
  environment: Environment,
): Promise<SetupSallyport> {
  const embedded = new EmbeddedSallyport(folder, environment)
  try {
    const { api, proxy, token: own, localToken } = await embedded.running()
    const token = flags.token ?? environment['SALLYPORT_TOKEN'] ?? own
    if (token === null) throw new LocalTokenRequired()
    return {
      api: apiClient({ url: api, token }),
      folder,
      proxy,
      hosted: true,
      wrapperRegisters: localToken === 'optional',
      stop: () => embedded.stop(),
    }
  } catch (reason) {
    await embedded.stop()
    throw reason
  }
}
