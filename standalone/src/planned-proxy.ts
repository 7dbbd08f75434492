import { type Environment, readConfig } from '@sallyport/runtime'
import { Addresses } from './addresses.ts'
import { standaloneSpec } from './config.ts'

/**
 * Where the proxy of a data folder would listen if another program hosted it now, such as `http://127.0.0.1:8080`. Nothing
 * is written, so a port that would have to be a new one is another one each time.
 */
export async function plannedProxy(folder: string, environment: Environment): Promise<string> {
  const { listen } = readConfig(standaloneSpec, environment)
  const { proxy } = await new Addresses({ folder, asked: listen, hosted: true }).choose()
  return `http://${proxy.host.includes(':') ? `[${proxy.host}]` : proxy.host}:${proxy.port}`
}
