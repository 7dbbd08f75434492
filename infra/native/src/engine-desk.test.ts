import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EngineName, EngineOffer } from './engine.ts'
import { type EngineDesk, type Enquiry, openEngineDesk } from './engine-desk.ts'
import { EngineFailed } from './errors.ts'
import { deskVariable, engine } from './tier.ts'

let desk: EngineDesk
let enquiries: Enquiry[]
let running: string[]
let starts: number
beforeEach(async () => {
  enquiries = []
  running = []
  starts = 0
  desk = await openEngineDesk((enquiry) => enquiries.push(enquiry), machineWithNatsOnly)
  vi.stubEnv(deskVariable, desk.url)
  vi.stubEnv('REQUIRE_ENGINES', undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await desk.close()
})

it('all suites share one engine, which starts when the first needs it and ends with the desk', async () => {
  const [first, second] = await Promise.all([engine('nats'), engine('nats')])
  expect(starts).toBe(0)
  const [one, two] = await Promise.all([first.start(), second.start()])
  expect([one.url, two.url, starts]).toEqual(['nats://shared', 'nats://shared', 1])

  await one.stop()
  expect(running).toEqual(['nats'])
  await desk.close()
  expect(running).toEqual([])
})

it('an engine that is not there is told to the suite with its reason', async () => {
  await expect(engine('kafka')).resolves.toMatchObject({ available: false, label: 'skipped: no java' })
})

it('a start that fails reaches the suite', async () => {
  const kafka = await engine('kafka')
  await expect(kafka.start()).rejects.toThrow(EngineFailed)
  await expect(kafka.start()).rejects.toThrow('no java')
})

it('hears which suite asked for what', async () => {
  await engine('kafka')
  expect(enquiries).toEqual([
    {
      suite: import.meta.filename,
      news: { engine: 'kafka', available: false, tier: 'none', label: 'skipped: no java' },
    },
  ])
})

function machineWithNatsOnly(name: EngineName): Promise<EngineOffer> {
  if (name !== 'nats') {
    const start = () => Promise.reject(new EngineFailed(name, 'no java'))
    return Promise.resolve({ engine: name, available: false, tier: 'none', label: 'skipped: no java', start })
  }
  const start = () => {
    starts += 1
    running.push(name)
    const stop = () => Promise.resolve(void running.pop())
    return Promise.resolve({ url: 'nats://shared', stop })
  }
  return Promise.resolve({ engine: name, available: true, tier: 'native', label: 'native', start })
}
