import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Authority, makeAuthority } from '@sallyport/native'
import type { TlsMaterial } from '@sallyport/runtime'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { ApprovalsPoint } from './approvals.ts'
import { connectApprovals } from './connect-approvals.ts'
import { connectDecision } from './connect-decision.ts'
import { oneByOne } from './decision.ts'
import { serveGrpc } from './serve.ts'
import { ALLOW, ANY_PORT, question, TOKEN } from './testing/questions.ts'

let folder: string
let fleet: Authority
let foreign: Authority
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-mutual-'))
  fleet = await makeAuthority(join(folder, 'fleet'))
  foreign = await makeAuthority(join(folder, 'foreign'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function materialOf(authority: Authority, name: string, host?: string): Promise<TlsMaterial> {
  const issued = await authority.issue(name, host)
  return {
    ca: await readFile(authority.ca),
    cert: await readFile(issued.cert),
    key: await readFile(issued.key),
  }
}

async function serve(tls: TlsMaterial) {
  const approvals = { getApprovals: async () => [] } as unknown as ApprovalsPoint
  const server = await serveGrpc({
    listen: ANY_PORT,
    decision: oneByOne(() => ALLOW),
    approvals,
    internalToken: TOKEN,
    tls,
  })
  onTestFinished(() => server.stop())
  return server.address
}

function decisionsAt(address: string, tls: TlsMaterial | undefined) {
  const client = connectDecision({ addresses: [address], internalToken: TOKEN, tls })
  onTestFinished(() => client.close())
  return client
}

async function approvalsFault(address: string, tls: TlsMaterial | undefined) {
  const client = connectApprovals({ addresses: [address], internalToken: TOKEN, tls, deadlineMs: 5000 })
  onTestFinished(() => client.close())
  return client.getApprovals([]).then(
    () => 'answered',
    (reason: Error) => reason.message,
  )
}

test('both sides show a certificate of the fleet, and decisions are given', async () => {
  const address = await serve(await materialOf(fleet, 'decision'))
  const tls = await materialOf(fleet, 'proxy')
  expect(await decisionsAt(address, tls).decide(question())).toEqual(ALLOW)
  expect(await approvalsFault(address, tls)).toBe('answered')
})

test('a caller with the bearer and without a certificate of the fleet is not answered', async () => {
  const address = await serve(await materialOf(fleet, 'decision'))
  const ca = await readFile(fleet.ca)
  const stranger = { ...(await materialOf(foreign, 'proxy')), ca }
  for (const tls of [{ ca }, stranger, undefined]) {
    expect((await decisionsAt(address, tls).decide(question())).outcome).toBe('deny')
    expect(await approvalsFault(address, tls)).toMatch(/cannot be reached/)
  }
  expect(await approvalsFault(address, { ca })).toMatch(
    /TLS failed: it asks for a certificate.*SALLYPORT_GRPC_CERT/,
  )
  // Node's server may close the connection before its alert is read; then nobody says why.
  expect(await approvalsFault(address, stranger)).toMatch(
    /TLS failed: it does not accept the certificate|no connection/,
  )
})

test('a service that shows a certificate of another authority, or of another host, is not told the bearer', async () => {
  const tls = await materialOf(fleet, 'proxy')
  const elsewhere = await serve(await materialOf(foreign, 'decision'))
  const misnamed = await serve(await materialOf(fleet, 'misnamed', 'decision.example'))
  expect(await approvalsFault(elsewhere, tls)).toMatch(/its certificate is not signed.*SALLYPORT_GRPC_CA/)
  expect(await approvalsFault(misnamed, tls)).toMatch(/its certificate is for another host/)
})

test('health says why there is no stream', async () => {
  const address = await serve(await materialOf(fleet, 'decision'))
  const client = decisionsAt(address, await materialOf(foreign, 'proxy'))
  await expect
    .poll(async () => (await client.health()).reason, { timeout: 10_000 })
    .toMatch(/TLS failed: its certificate is not signed/)
})
