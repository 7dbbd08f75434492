/**
 * For suites: `const kafka = await engine('kafka')` at the top of the file, `describe.skipIf(!kafka.available)`,
 * and `kafka.start()` in beforeAll. Under `npm test` one broker and one server serve all suites (global-setup.ts),
 * so topics and subjects need names of their own. A suite that kills or restarts its engine takes ownKafka or ownNats.
 */
import type { EngineName, EngineNews, EngineOffer, RunningEngine } from './engine.ts'
import { findOffer, offerOfKafka, offerOfNats } from './engine-offer.ts'
import { EngineFailed, EngineRequired } from './errors.ts'
import type { NativeKafka } from './kafka.ts'
import type { NativeNats } from './nats.ts'

/** The variable in which global-setup.ts tells test processes where the desk is. */
export const deskVariable = 'SALLYPORT_TEST_ENGINES'

/** The shared engine. Throws EngineRequired instead of an unavailable one if REQUIRE_ENGINES names it. */
export async function engine(name: EngineName): Promise<EngineOffer> {
  const desk = process.env[deskVariable]
  return announced(desk === undefined ? await findOffer(name) : await offerOfDesk(desk, name))
}

/** A broker of this suite's own, native only: it may be killed. Throws as `engine` does. */
export async function ownKafka(): Promise<EngineOffer<NativeKafka>> {
  return announced(await offerOfKafka())
}

/** A NATS server of this suite's own, native only: it may be killed. Throws as `engine` does. */
export async function ownNats(): Promise<EngineOffer<NativeNats>> {
  return announced(await offerOfNats())
}

async function offerOfDesk(desk: string, name: EngineName): Promise<EngineOffer> {
  const news = (await ask(desk, `offer/${name}`)) as EngineNews
  return {
    ...news,
    async start() {
      const { url } = (await ask(desk, `start/${name}`)) as RunningEngine
      // It is everybody's: the desk stops it after the last suite.
      return { url, stop: () => Promise.resolve() }
    },
  }
}

async function announced<Engine>(offer: EngineOffer<Engine>): Promise<EngineOffer<Engine>> {
  const { start: _, ...news } = offer
  const desk = process.env[deskVariable]
  if (desk === undefined) console.log(`engine ${news.engine}: ${news.label}`)
  else await ask(desk, 'enquiry', { suite: await suitePath(), news })

  const required = (process.env['REQUIRE_ENGINES'] ?? '').split(',')
  if (!offer.available && required.includes(offer.engine)) throw new EngineRequired(offer.engine, offer.label)
  return offer
}

async function ask(desk: string, path: string, body?: object): Promise<object> {
  const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const answer = (await (await fetch(`${desk}/${path}`, request)).json()) as object
  if ('failed' in answer) throw new EngineFailed(path, String(answer.failed))
  return answer
}

async function suitePath(): Promise<string> {
  if (process.env['VITEST'] === undefined) return 'outside vitest'
  const { expect } = await import('vitest')
  return expect.getState().testPath ?? 'unknown suite'
}
