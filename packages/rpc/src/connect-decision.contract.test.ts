import { randomBytes } from 'node:crypto'
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { afterEach, describe, expect, it } from 'vitest'
import { connectDecision } from './connect-decision.ts'
import { oneByOne } from './decision.ts'
import { decisionService } from './definitions.ts'
import { type GrpcServer, serveGrpc } from './serve.ts'
import { startDecisionProcess } from './testing/decision-process.ts'
import { ALLOW, ANY_PORT, question, TOKEN } from './testing/questions.ts'

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function connect(addresses: readonly string[], deadlineMs = 10_000, internalToken = TOKEN) {
  const client = connectDecision({ addresses, internalToken, deadlineMs })
  closing.push(() => client.close())
  return client
}

const open = (client: ReturnType<typeof connect>, instances = 1) =>
  expect.poll(() => client.health(), { timeout: 20_000 }).toMatchObject({ facts: { open: instances } })

async function serve(answeredBy: string): Promise<GrpcServer> {
  const server = await serveGrpc({
    listen: ANY_PORT,
    internalToken: TOKEN,
    decision: oneByOne(() => ({ ...ALLOW, rule: answeredBy })),
  })
  closing.push(() => server.stop())
  return server
}

describe('a decision server that dies', () => {
  it('takes its open questions with it as denials, and is found again when it comes back', async () => {
    const first = await startDecisionProcess()
    closing.push(() => first.kill())
    const client = connect([first.address])
    await open(client)

    const lost = client.decide(question('never'))
    await first.asked
    await first.kill()
    expect(await lost).toMatchObject({ outcome: 'deny', fault: 'SP_DECISION_UNAVAILABLE' })
    expect(await client.decide(question())).toMatchObject({ fault: 'SP_DECISION_UNAVAILABLE' })
    expect(client.health()).toMatchObject({ status: 'down', reason: expect.stringContaining(first.address) })

    const second = await startDecisionProcess(Number(first.address.split(':')[1]))
    closing.push(() => second.kill())
    await open(client)
    expect(await client.decide(question())).toEqual(ALLOW)
  })

  it('leaves its open questions to the next instance where there is one', async () => {
    const dying = await startDecisionProcess()
    closing.push(() => dying.kill())
    const other = await serve('other')
    const client = connect([dying.address, other.address])
    await open(client, 2)
    const gateways = Array.from({ length: 40 }, (_, index) => `agent-${index}`)
    const asked = gateways.map(async (gateway) => client.decide(question('never', gateway)))
    await dying.asked
    await dying.kill()
    const rules = (await Promise.all(asked)).map(({ rule }) => rule)
    expect(new Set(rules)).toEqual(new Set(['other']))
    expect(client.health()).toMatchObject({ status: 'degraded' })
  })
})

it('a hung server is denied for, counts as away, and as well once it goes on', async () => {
  const server = await startDecisionProcess()
  closing.push(() => server.kill())
  const client = connect([server.address], 200)
  await open(client)

  server.signal('SIGSTOP')
  expect(await client.decide(question())).toMatchObject({ outcome: 'deny', fault: 'SP_DECISION_TIMEOUT' })
  expect(client.health()).toMatchObject({ status: 'down' })
  expect(await client.decide(question())).toMatchObject({ outcome: 'deny', fault: 'SP_DECISION_TIMEOUT' })

  server.signal('SIGCONT')
  await open(client)
  await expect.poll(() => client.decide(question())).toEqual(ALLOW)
})

it('a caller with the wrong bearer gets no decision', async () => {
  const server = await serve('server')
  const client = connect([server.address], 10_000, 'another bearer')
  expect(await client.decide(question())).toMatchObject({
    outcome: 'deny',
    fault: 'SP_DECISION_UNAVAILABLE',
  })
  expect(client.health()).toMatchObject({ status: 'down' })
})

it('nobody at the address means deny', async () => {
  const server = await serve('server')
  await server.stop()
  const client = connect([server.address])
  expect(await client.decide(question())).toMatchObject({ fault: 'SP_DECISION_UNAVAILABLE' })
})

it('an open question is denied when the client closes', async () => {
  const server = await startDecisionProcess()
  closing.push(() => server.kill())
  const client = connect([server.address])
  await open(client)
  const waiting = client.decide(question('never'))
  await server.asked
  client.close()
  expect(await waiting).toMatchObject({ outcome: 'deny', fault: 'SP_DECISION_UNAVAILABLE' })
  expect(await client.decide(question())).toMatchObject({ fault: 'SP_DECISION_UNAVAILABLE' })
})

describe('instances behind one client', () => {
  it('a gateway stays with one instance while it is well, and gateways spread', async () => {
    const servers = await Promise.all([serve('a'), serve('b')])
    const client = connect(servers.map(({ address }) => address))
    await open(client, 2)
    const rounds: string[][] = []
    for (let round = 0; round < 3; round += 1) {
      const asked = Array.from({ length: 40 }, async (_, index) =>
        client.decide(question('mcp.tools.x', `agent-${index}`)),
      )
      rounds.push((await Promise.all(asked)).map(({ rule }) => rule))
    }
    expect(new Set(rounds[0])).toEqual(new Set(['a', 'b']))
    expect(rounds[1]).toEqual(rounds[0])
    expect(rounds[2]).toEqual(rounds[0])
  })

  it('one that stops hands its gateways to the other', async () => {
    const [a, b] = [await serve('a'), await serve('b')]
    const client = connect([a.address, b.address])
    await open(client, 2)
    await a.stop()
    await open(client, 1)
    const asked = Array.from({ length: 20 }, async (_, index) =>
      client.decide(question('mcp.tools.x', `agent-${index}`)),
    )
    expect(new Set((await Promise.all(asked)).map(({ rule }) => rule))).toEqual(new Set(['b']))
  })
})

describe('a server that does not speak as it should', () => {
  const bytes = (answer: Buffer) => (_call: unknown, done: (error: null, answer: Buffer) => void) =>
    done(null, answer)

  async function rawServer(serialize: (value: unknown) => Buffer, handlers: UntypedServiceImplementation) {
    const { Decide, DecideStream } = decisionService
    if (!Decide || !DecideStream) throw new Error('the proto has no such methods')
    const server = new Server()
    server.addService(
      {
        Decide: { ...Decide, responseSerialize: serialize },
        DecideStream: { ...DecideStream, responseSerialize: serialize },
      },
      handlers,
    )
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (fault, taken) =>
        fault ? reject(fault) : resolve(taken),
      ),
    )
    closing.push(() => server.forceShutdown())
    return `127.0.0.1:${port}`
  }

  it('is asked by unary calls where it opens no stream', async () => {
    const serialize = decisionService['Decide']?.responseSerialize as (value: unknown) => Buffer
    const address = await rawServer(serialize, {
      Decide: (_call: unknown, done: (error: null, answer: object) => void) =>
        done(null, {
          verdicts: [{ outcome: 1, by: 'permissions', rule: 'unary', risk: 1, policyVersion: 'p-1' }],
        }),
    })
    const client = connect([address])
    expect(await client.decide(question())).toMatchObject({ outcome: 'allow', rule: 'unary' })
  })

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['an allow without rule or policy version', Buffer.from([0x12, 0x02, 0x08, 0x01])],
    ['an outcome nobody knows', Buffer.from([0x12, 0x02, 0x08, 0x63])],
    ['two verdicts', Buffer.from([0x12, 0x02, 0x08, 0x01, 0x12, 0x02, 0x08, 0x01])],
    ['bytes that are no message', Buffer.concat([Buffer.from([0xff]), randomBytes(64)])],
  ])('is denied for when it answers %s', async (_what, answer) => {
    const address = await rawServer((value) => value as Buffer, { Decide: bytes(answer) })
    expect(await connect([address]).decide(question())).toMatchObject({
      outcome: 'deny',
      fault: expect.stringMatching(/^SP_DECISION_UN(READABLE|AVAILABLE)$/),
    })
  })

  it('is denied for when its stream answers bytes that are not a message', async () => {
    const address = await rawServer((value) => value as Buffer, {
      Decide: bytes(Buffer.alloc(0)),
      DecideStream: (stream: NodeJS.ReadWriteStream & { sendMetadata(metadata: object): void }) => {
        stream.on('data', () => stream.write(Buffer.from([0xff, 0xff, 0xff]) as unknown as string))
        stream.on('error', () => undefined)
        stream.write(decisionAnswer())
      },
    })
    const client = connect([address])
    await open(client)
    expect(await client.decide(question())).toMatchObject({
      outcome: 'deny',
      fault: expect.stringMatching(/^SP_DECISION_UN(READABLE|AVAILABLE)$/),
    })
  })

  /** An answer to a question nobody asked, which must be passed over. */
  function decisionAnswer(): string {
    return Buffer.from([0x08, 0x63]) as unknown as string
  }
})
