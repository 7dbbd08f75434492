import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../free-port.ts'
import { startServiceProcess } from './service-process.ts'

async function service() {
  const logFolder = mkdtempSync(join(tmpdir(), 'sallyport-service-'))
  const port = await freePort()
  const told: string[] = []
  const started = await startServiceProcess({
    name: 'proxy-1',
    service: 'proxy',
    environment: { FRONT_TEST_PORT: String(port) },
    health: `http://127.0.0.1:${port}`,
    logFolder,
    entry: join(import.meta.dirname, 'testing/service.child.ts'),
    log: (line) => told.push(line),
  })
  onTestFinished(async () => {
    await started.stop()
    rmSync(logFolder, { recursive: true })
  })
  return { service: started, told }
}

test('a process that is killed is started again, as often as that happens', async () => {
  const { service: one, told } = await service()
  for (let time = 1; time <= 2; time += 1) {
    const before = one.pid ?? 0
    process.kill(before, 'SIGKILL')
    await expect.poll(() => ![undefined, before].includes(one.pid), { timeout: 20_000 }).toBe(true)
    expect(told).toHaveLength(time)
  }
  expect(told[0]).toBe('fleet: proxy-1 ended (SIGKILL) and is started again')
})

test('a process that was ended on purpose stays away until it is started', async () => {
  const { service: one, told } = await service()
  await one.kill9()
  expect(one.pid).toBeUndefined()
  await one.restart()
  expect(one.pid).toBeDefined()
  expect(told).toEqual([])
  const second = one.pid ?? 0
  process.kill(second, 'SIGKILL')
  await expect.poll(() => ![undefined, second].includes(one.pid), { timeout: 20_000 }).toBe(true)
})

test('a process that is to end while it is started again ends', async () => {
  const { service: one, told } = await service()
  process.kill(one.pid ?? 0, 'SIGKILL')
  await expect.poll(() => told.length).toBe(1)
  await one.stop()
  expect(one.pid).toBeUndefined()
})
