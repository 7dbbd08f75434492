import { generateKeyPairSync } from 'node:crypto'
import { Metadata } from '@grpc/grpc-js'
import type { Health } from '@sallyport/runtime'
import { afterEach, describe, expect, it } from 'vitest'
import { callUnary, openChannel } from './channel.ts'
import { oneByOne } from './decision.ts'
import { toWireInput } from './decision-wire.ts'
import { DECISION_SERVICE, decisionService, healthService } from './definitions.ts'
import type { DecideRequest } from './gen/sallyport/decision/v1/DecideRequest.ts'
import type { DecideResponse__Output } from './gen/sallyport/decision/v1/DecideResponse.ts'
import { bearerMetadata } from './internal-bearer.ts'
import { serveGrpc } from './serve.ts'
import { ALLOW, ANY_PORT, question, TOKEN } from './testing/questions.ts'

const SERVING = 1
const NOT_SERVING = 2
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function start(health?: () => Health, internalToken: string | Buffer = TOKEN) {
  const server = await serveGrpc({
    listen: ANY_PORT,
    decision: oneByOne(() => ALLOW),
    internalToken,
    ...(health && { health }),
  })
  const channel = openChannel(server.address, undefined)
  closing.push(
    () => server.stop(),
    () => channel.close(),
  )
  const options = { deadline: Date.now() + 10_000 }
  return {
    server,
    check: async (service: string) =>
      (
        await callUnary<object, { status: number }>(
          channel,
          healthService,
          'Check',
          { service },
          new Metadata(),
          options,
        )
      ).status,
    decide: (metadata: Metadata) =>
      callUnary<DecideRequest, DecideResponse__Output>(
        channel,
        decisionService,
        'Decide',
        { inputs: [toWireInput(question())] },
        metadata,
        options,
      ),
  }
}

describe('the internal bearer', () => {
  it('may be a derived key, which both sides write alike', async () => {
    const key = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' })
    const { decide } = await start(undefined, key)
    expect(await decide(bearerMetadata(key))).toMatchObject({ verdicts: [{ rule: ALLOW.rule }] })
  })

  it('is refused where it is missing, wrong or cut short', async () => {
    const { decide } = await start()
    const refused = [new Metadata(), bearerMetadata('wrong'), bearerMetadata(TOKEN.slice(1))]
    for (const metadata of refused)
      await expect(decide(metadata)).rejects.toMatchObject({ kind: 'unauthenticated' })
    expect(await decide(bearerMetadata(TOKEN))).toMatchObject({ verdicts: [{ rule: ALLOW.rule }] })
  })
})

describe('grpc.health.v1', () => {
  it('answers without a bearer, for the server and for the service', async () => {
    const { check } = await start()
    expect(await check('')).toBe(SERVING)
    expect(await check(DECISION_SERVICE)).toBe(SERVING)
    await expect(check('sallyport.other')).rejects.toThrow('NOT_FOUND')
  })

  it('follows the health of the process', async () => {
    let health: Health = { status: 'ok' }
    const { check } = await start(() => health)
    expect(await check('')).toBe(SERVING)
    health = { status: 'down', reason: 'the fold stopped' }
    await expect.poll(() => check(''), { timeout: 10_000 }).toBe(NOT_SERVING)
    health = { status: 'degraded' }
    await expect.poll(() => check(''), { timeout: 10_000 }).toBe(SERVING)
  })
})

it('a port that is taken is an error that names it', async () => {
  const { server } = await start()
  const [host = '', port] = server.address.split(':')
  await expect(
    serveGrpc({ listen: { host, port: Number(port) }, internalToken: TOKEN }),
  ).rejects.toMatchObject({ code: 'SP_GRPC_LISTEN_FAILED', message: expect.stringContaining(server.address) })
})
