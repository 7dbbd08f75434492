import { engine, type NativeNats, ownNats } from '@sallyport/native'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Signals } from './index.ts'
import { natsSignals } from './nats.ts'
import { signalsContract } from './testing/contract.ts'

const nats = await engine('nats')

describe.skipIf(!nats.available)('nats', () => {
  signalsContract('nats', async () => {
    const { url, stop } = await nats.start()
    return {
      async open() {
        const signals = natsSignals({ servers: url })
        await connected(signals)
        return signals
      },
      dispose: stop,
    }
  })
})

const own = await ownNats()

describe.skipIf(!own.available)('nats signals while the server comes and goes', () => {
  let server: NativeNats
  beforeAll(async () => {
    server = await own.start()
  })
  afterAll(async () => {
    await server?.stop()
  })

  test('without a server it starts, says that it is not connected, and works when one comes', async () => {
    await server.kill9()
    const signals = natsSignals({ servers: server.url })
    expect(signals.fault()).toBe('not connected yet')
    const heard = Promise.withResolvers<string>()
    const reconnected = nextReconnect(signals)
    const subscription = signals.subscribe('late.*', ({ subject }) => heard.resolve(subject))
    await expect.poll(() => signals.fault()).toMatch(/^not connected: /)
    signals.send('late.lost')
    await server.restart()
    await Promise.all([subscription.ready, reconnected])
    expect(signals.fault()).toBeUndefined()
    signals.send('late.heard')
    expect(await heard.promise).toBe('late.heard')
    await signals.close()
  })

  test('closing before a server ever came ends at once', async () => {
    await server.kill9()
    const signals = natsSignals({ servers: server.url })
    const subscription = signals.subscribe('a', () => {})
    await signals.close()
    await subscription.ready
    expect(signals.fault()).toBe('closed')
    await server.restart()
  })

  test('a server that was killed and came back: subscriptions work again, what was sent meanwhile is lost', async () => {
    const sender = natsSignals({ servers: server.url })
    const receiver = natsSignals({ servers: server.url })
    await Promise.all([connected(sender), connected(receiver)])
    const got: string[] = []
    const last = Promise.withResolvers<void>()
    const subscription = receiver.subscribe('things.>', ({ subject }) => {
      got.push(subject)
      if (subject === 'things.last') last.resolve()
    })
    await subscription.ready

    await server.kill9()
    await expect
      .poll(() => [sender.fault(), receiver.fault()])
      .toEqual([expect.any(String), expect.any(String)])
    sender.send('things.while-down')
    const during = receiver.subscribe('during', ({ subject }) => got.push(subject))
    const both = Promise.all([nextReconnect(sender), nextReconnect(receiver)])
    await server.restart()
    await Promise.all([both, during.ready])
    expect([sender.fault(), receiver.fault()]).toEqual([undefined, undefined])

    sender.send('during')
    sender.send('things.after')
    sender.send('things.last')
    await last.promise
    expect(got.toSorted()).toEqual(['during', 'things.after', 'things.last'])
    await Promise.all([sender.close(), receiver.close()])
  })

  test('what was sent just before close is heard', async () => {
    const sender = natsSignals({ servers: server.url })
    const receiver = natsSignals({ servers: server.url })
    await Promise.all([connected(sender), connected(receiver)])
    const heard = Promise.withResolvers<string>()
    await receiver.subscribe('parting', ({ subject }) => heard.resolve(subject)).ready
    sender.send('parting')
    await sender.close()
    expect(await heard.promise).toBe('parting')
    await receiver.close()
  })
})

function nextReconnect(signals: Signals): Promise<void> {
  return new Promise((resolve) => signals.onReconnect(resolve))
}

async function connected(signals: Signals): Promise<void> {
  await signals.subscribe('connected', () => {}).ready
  expect(signals.fault()).toBeUndefined()
}
