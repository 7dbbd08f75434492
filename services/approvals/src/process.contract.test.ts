import { callDigest } from '@sallyport/approval'
import { memoryEventLog } from '@sallyport/event-log'
import { connectApprovals } from '@sallyport/rpc/grpc'
import { deriveKey, readConfig, silentLogger } from '@sallyport/runtime'
import { memorySignals } from '@sallyport/signals'
import { expect, onTestFinished, test } from 'vitest'
import { approvalsSpec } from './config.ts'
import { approvalsProcess } from './process.ts'
import { issueTokens } from './testing/api.ts'
import { request } from './testing/instance.ts'

const SECRET = 'a1'.repeat(32)
const environment = {
  SALLYPORT_KAFKA_BROKERS: '127.0.0.1:1',
  SALLYPORT_NATS_URL: 'nats://127.0.0.1:1',
  SALLYPORT_SECRET_KEY: SECRET,
  SALLYPORT_API_LISTEN: '127.0.0.1:0',
  SALLYPORT_GRPC_LISTEN: '127.0.0.1:0',
}

/** The process on engines in memory, and a proxy's view of it over gRPC. */
async function startProcess(secret = SECRET) {
  const log = memoryEventLog()
  await issueTokens(log, new Date())
  const config = readConfig(approvalsSpec, environment)
  const process = approvalsProcess(config, { log, signals: memorySignals(), logger: silentLogger })
  await process.start()
  const internalToken = deriveKey(Buffer.from(secret, 'hex'), 'internal')
  const proxy = connectApprovals({ addresses: [process.addresses.grpc], internalToken, deadlineMs: 10_000 })
  onTestFinished(async () => {
    proxy.close()
    await process.stop()
  })
  const answer = (approvalId: string, vote: 'approve' | 'deny') =>
    fetch(`${process.addresses.api}/v1/approvals/${approvalId}/${vote}`, {
      method: 'POST',
      headers: { authorization: 'Bearer approver-dana' },
    })
  return { process, proxy, answer }
}

test('a call held over gRPC is answered over HTTP and claimed over gRPC, once', async () => {
  const { proxy, answer } = await startProcess()
  const held = await proxy.requestApproval(request())
  expect(held).toMatchObject({ status: 'pending', answeredBy: null, usableUntil: null, attached: false })
  expect(await proxy.requestApproval(request())).toMatchObject({ ...held, attached: true })

  expect((await answer(held.approvalId, 'approve')).status).toBe(200)
  expect(await proxy.getApprovals([held.approvalId, 'nothing'])).toMatchObject([
    { approvalId: held.approvalId, status: 'approved', answeredBy: 'approver-dana' },
  ])

  const claim = { ...held, callDigest: callDigest(request().binding), claimant: 'proxy/1' }
  const claims = await Promise.all(
    ['act-1', 'act-2'].map((actionId) => proxy.claimApproval({ ...claim, actionId })),
  )
  expect(claims.map(({ claimed }) => claimed).sort()).toEqual([false, true])
})

test('errors keep their code and kind on the way to a proxy', async () => {
  const { proxy, answer } = await startProcess()
  await expect(proxy.cancelApproval('nothing', 'gone')).rejects.toMatchObject({
    code: 'SP_APPROVAL_NOT_FOUND',
    kind: 'not_found',
  })
  const { approvalId } = await proxy.requestApproval(request())
  await answer(approvalId, 'deny')
  await expect(proxy.cancelApproval(approvalId, 'late')).rejects.toMatchObject({
    code: 'SP_APPROVAL_CLOSED',
    kind: 'conflict',
    message: expect.stringContaining('denied by approver-dana'),
  })
})

test('a caller without the secret of the installation is refused', async () => {
  const { proxy } = await startProcess('b2'.repeat(32))
  await expect(proxy.requestApproval(request())).rejects.toMatchObject({ kind: 'unauthenticated' })
})

test('the process says that it is well', async () => {
  const { process, proxy } = await startProcess()
  expect(await proxy.health()).toEqual({ status: 'ok' })
  expect((await fetch(`${process.addresses.api}/healthz`)).status).toBe(200)
  const status = await fetch(`${process.addresses.api}/v1/status`, {
    headers: { authorization: 'Bearer analyst-ann' },
  })
  expect(await status.json()).toMatchObject({
    status: 'ok',
    parts: { approvals: { status: 'ok' }, control: { status: 'ok' }, signals: { status: 'ok' } },
  })
})
