import { startControlView } from '@sallyport/control'
import { createPublisher, memoryEventLog } from '@sallyport/event-log'
import { type DataOf, newEvent } from '@sallyport/events'
import { type GrpcServer, serveGrpc } from '@sallyport/rpc/grpc'
import { deriveKey, newId, newToken, readConfig, silentLogger, tokenHash } from '@sallyport/runtime'
import { memorySignals } from '@sallyport/signals'
import { afterEach, expect, test } from 'vitest'
import { proxyProcessSpec } from './config.ts'
import { proxyProcess } from './process.ts'
import { startAgent } from './testing/agent.ts'
import { tokenIdOf } from './testing/fixed-control.ts'
import { FixedDecision } from './testing/fixed-decision.ts'
import { FoldedApprovals } from './testing/folded-approvals.ts'
import { startMcpUpstream } from './testing/mcp-upstream.ts'

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

type ControlType = 'sallyport.gateway.added.v1' | 'sallyport.upstream.added.v1' | 'sallyport.token.issued.v2'

/** A log in which one gateway, one upstream and one person were registered. */
async function registeredLog(token: string, url: string) {
  const log = memoryEventLog()
  const publisher = createPublisher({ log, producer: 'test' })
  const command = { actor: { type: 'person', name: 'dana' } as const, idempotencyKey: null }
  const publish = <T extends ControlType>(type: T, data: DataOf<T>) =>
    publisher.publish(
      newEvent(
        { type, source: '/test', subject: 'control', tenant: 'default', key: 'default', data },
        new Date(),
      ),
    )
  const gateway = { ...command, id: newId(), name: 'code-agent', tokenHash: tokenHash(token) }
  await publish('sallyport.gateway.added.v1', gateway)
  await publish('sallyport.upstream.added.v1', {
    ...command,
    name: 'files',
    connector: 'mcp',
    target: { kind: 'http', url },
    credential: null,
  })
  const dana = {
    id: tokenIdOf('dana'),
    name: 'dana',
    scope: 'approver',
    tokenHash: tokenHash('t'),
    holder: null,
  } as const
  await publish('sallyport.token.issued.v2', { ...command, ...dana })
  return log
}

test('a proxy of a fleet asks decision and approvals over gRPC and carries a held call through', async () => {
  const upstream = await startMcpUpstream()
  closing.push(() => upstream.stop())
  const secret = Buffer.alloc(32, 7)
  const signals = memorySignals()
  const decision = new FixedDecision()
  const token = newToken('sp_gw_')
  const log = await registeredLog(token, upstream.url)
  const control = startControlView({ log })
  closing.push(() => control.stop())
  decision.control = control
  decision.outcomes.set('mcp.tools.create_issue', 'hold')
  const approvals = new FoldedApprovals(signals)
  const peers: GrpcServer = await serveGrpc({
    listen: { host: '127.0.0.1', port: 0 },
    decision,
    approvals,
    internalToken: deriveKey(secret, 'internal'),
  })
  closing.push(() => peers.stop())
  const config = readConfig(proxyProcessSpec, {
    SALLYPORT_PROXY_LISTEN: '127.0.0.1:0',
    SALLYPORT_KAFKA_BROKERS: 'unused:1',
    SALLYPORT_NATS_URL: 'unused:1',
    SALLYPORT_PRIVATE_ADDRESSES: '127.0.0.0/8',
    SALLYPORT_SECRET_KEY: secret.toString('hex'),
    SALLYPORT_DECISION_ADDRESSES: peers.address,
    SALLYPORT_APPROVALS_ADDRESSES: peers.address,
  })
  const process = proxyProcess(config, { log, signals, logger: silentLogger, environment: {} })
  closing.push(() => process.stop())
  await process.start()

  const agent = await startAgent({ url: `http://${process.address()}`, token })
  closing.push(() => agent.stop())
  const requested = approvals.next()
  const answer = agent.client.callTool({ name: 'create_issue', arguments: { title: 'broken' } })
  approvals.vote((await requested).approvalId, 'approve', 'dana')

  expect((await answer).content).toEqual([{ type: 'text', text: 'made broken' }])
})
