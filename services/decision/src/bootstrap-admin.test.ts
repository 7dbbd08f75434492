import { startControlView } from '@sallyport/control'
import { createPublisher, type EventLog, memoryEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { expect, it, onTestFinished } from 'vitest'
import { bootstrapAdmin } from './bootstrap-admin.ts'
import { clock } from './testing/instance.ts'

const FIRST = `first-${'a'.repeat(40)}`
const OTHER = `other-${'b'.repeat(40)}`

async function starting(log: EventLog) {
  const control = startControlView({ log })
  onTestFinished(() => control.stop())
  await control.caughtUp
  const publisher = createPublisher({ log, producer: `decision/${Math.random()}` })
  return {
    control,
    bootstrap: (token: string, change: { begins?: boolean; replaced?: string } = {}) =>
      bootstrapAdmin({ control, publisher, tenant: 'default', token, clock, ...change }),
  }
}

it('the first start makes an admin token that works, and only its hash is recorded', async () => {
  const log = memoryEventLog()
  const { control, bootstrap } = await starting(log)
  await bootstrap(FIRST)
  expect(control.authenticateApi(FIRST)).toMatchObject({ name: 'admin', scope: 'admin' })
  for await (const batch of log.read(TOPICS.control, {
    from: 'start',
    signal: AbortSignal.timeout(10_000),
  })) {
    expect(batch.map(({ value }) => Buffer.from(value).toString()).join()).not.toContain(FIRST)
    break
  }
})

it('a later start changes nothing, whatever token it brings', async () => {
  const log = memoryEventLog()
  await (await starting(log)).bootstrap(FIRST)
  const { control, bootstrap } = await starting(log)
  await bootstrap(OTHER)
  expect(control.authenticateApi(FIRST)).toBeDefined()
  expect(control.authenticateApi(OTHER)).toBeUndefined()
  expect((await log.ends(TOPICS.control))[0]).toBe(1)
})

it.each([
  ['the same token', FIRST, FIRST],
  ['different tokens', FIRST, OTHER],
])('of two that start at once with %s, one admin token comes', async (_what, left, right) => {
  const log = memoryEventLog()
  const [one, two] = [await starting(log), await starting(log)]
  await Promise.all([one.bootstrap(left), two.bootstrap(right)])
  for (const { control } of [one, two]) {
    expect([...control.state().tokens.values()]).toHaveLength(1)
    expect(control.authenticateApi(FIRST)).toMatchObject({ name: 'admin' })
  }
})

it('a token that takes the place of another is in force, and the other is not', async () => {
  const log = memoryEventLog()
  const { control, bootstrap } = await starting(log)
  expect(await bootstrap(FIRST)).toBe(true)
  expect(await bootstrap(OTHER, { begins: true, replaced: FIRST })).toBe(true)
  expect(control.authenticateApi(FIRST)).toBeUndefined()
  expect(control.authenticateApi(OTHER)).toMatchObject({ name: 'admin-2', scope: 'admin' })
  expect(await bootstrap(OTHER, { begins: true, replaced: FIRST })).toBe(false)
  expect((await log.ends(TOPICS.control))[0]).toBe(3)
})

it('a token that begins beside others leaves them in force', async () => {
  const { control, bootstrap } = await starting(memoryEventLog())
  await bootstrap(FIRST)
  await bootstrap(OTHER, { begins: true })
  expect(control.authenticateApi(FIRST)).toBeDefined()
  expect(control.authenticateApi(OTHER)).toBeDefined()
})
