import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { messageOf } from '@sallyport/runtime'
import type { EngineName, EngineNews, EngineOffer, RunningEngine } from './engine.ts'
import { findOffer } from './engine-offer.ts'

/** That a suite asked for an engine, and what it was told. */
export interface Enquiry {
  readonly suite: string
  readonly news: EngineNews
}

/** The one place of a test run where shared engines are found, and started when the first suite needs them. */
export interface EngineDesk {
  readonly url: string
  /** Stops every engine that was started here. */
  close(): Promise<void>
}

/**
 * Opens the desk on loopback, in the process that outlives all suites. Test processes ask `/offer/NAME` and
 * `/start/NAME` and tell `/enquiry`; a failure is answered as `{failed: reason}`. `find` is the machine's offer.
 */
export async function openEngineDesk(
  hear: (enquiry: Enquiry) => void,
  find: (engine: EngineName) => Promise<EngineOffer> = findOffer,
): Promise<EngineDesk> {
  const offers = new Map<EngineName, Promise<EngineOffer>>()
  const engines = new Map<EngineName, Promise<RunningEngine>>()

  const offer = (engine: EngineName) => remembered(offers, engine, () => find(engine))
  const start = (engine: EngineName) => remembered(engines, engine, async () => (await offer(engine)).start())

  async function answer(request: IncomingMessage): Promise<object> {
    const [, verb, name] = (request.url ?? '').split('/')
    if (verb === 'offer') return offer(name as EngineName)
    if (verb === 'start') return { url: (await start(name as EngineName)).url }
    hear((await json(request)) as Enquiry)
    return {}
  }

  const server = createServer(async (request, response) => {
    const body = await answer(request).catch((error: unknown) => ({ failed: messageOf(error) }))
    response.end(JSON.stringify(body))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      const settled = await Promise.allSettled(engines.values())
      const running = settled.filter((engine) => engine.status === 'fulfilled')
      await Promise.all(running.map((engine) => engine.value.stop()))
    },
  }
}

function remembered<Value>(
  memory: Map<EngineName, Promise<Value>>,
  engine: EngineName,
  make: () => Promise<Value>,
): Promise<Value> {
  const value = memory.get(engine) ?? make()
  memory.set(engine, value)
  return value
}
