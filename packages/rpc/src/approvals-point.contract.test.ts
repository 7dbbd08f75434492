import { SallyportError } from '@sallyport/runtime'
import { afterEach, describe, expect, it } from 'vitest'
import type { ApprovalState, ApprovalsPoint, ClaimResult, RequestApproval } from './approvals.ts'
import { connectApprovals } from './connect-approvals.ts'
import { serveGrpc } from './serve.ts'
import { ANY_PORT, TERMS, TOKEN } from './testing/questions.ts'

const EARLIER = {
  actionId: 'act-0',
  at: '2026-11-21T09:00:00.000Z',
  upstream: 'files',
  action: 'mcp.tools.read',
}
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const PENDING: ApprovalState = {
  approvalId: 'approval-1',
  callDigest: 'a'.repeat(64),
  status: 'pending',
  answeredBy: null,
  answerReason: null,
  approvers: [],
  approverNames: [],
  unanswerable: 'group finance is empty',
  expiresAt: '2026-11-21T12:00:00.000Z',
  usableUntil: null,
  attached: false,
  edit: null,
}
const APPROVED: ApprovalState = {
  ...PENDING,
  status: 'approved',
  answeredBy: 'dana',
  approvers: [
    { tokenId: 't-0', personId: 'p-1', botId: 'b-1', as: { kind: 'group', name: 'finance', id: null } },
    { tokenId: 't-1', personId: null, botId: null, as: { kind: 'anyone', name: 'anyone', id: null } },
  ],
  approverNames: ['omar', 'dana'],
  unanswerable: null,
  answerReason: 'fine — ü',
  usableUntil: '2026-11-21T12:10:00.000Z',
  attached: true,
}
const REQUEST: RequestApproval = {
  binding: {
    tenant: 'default',
    gatewayId: 'g-1',
    upstream: 'files',
    upstreamDigest: '0'.repeat(64),
    action: 'mcp.tools.create_issue',
    argsDigest: 'b'.repeat(64),
    toolDigest: null,
    policyVersion: 'p-0123456789abcdef',
  },
  actionId: 'action-1',
  gateway: 'code-agent',
  connector: 'mcp',
  tool: 'create_issue',
  risk: 'medium',
  rule: 'permission mcp.tools.create_*',
  reasons: ['because'],
  arguments: { title: 'x', nested: [1, null, { y: 'ü' }] },
  client: { name: 'sdk', version: '1' },
}
const CLAIM = {
  approvalId: 'approval-1',
  callDigest: 'a'.repeat(64),
  actionId: 'action-1',
  claimant: 'proxy/1',
}

class Busy extends SallyportError {}

/** A point that does what the test says; everything else is a defect of the test. */
function scripted(script: Partial<ApprovalsPoint>): ApprovalsPoint {
  const unexpected = async () => {
    throw new Error('not in the script')
  }
  return {
    requestApproval: unexpected,
    claimApproval: unexpected,
    useGrant: unexpected,
    cancelApproval: unexpected,
    getApprovals: unexpected,
    ...script,
  }
}

async function serve(point: ApprovalsPoint): Promise<string> {
  const server = await serveGrpc({ listen: ANY_PORT, approvals: point, internalToken: TOKEN })
  closing.push(() => server.stop())
  return server.address
}

function connect(addresses: readonly string[], internalToken = TOKEN, deadlineMs = 10_000) {
  const client = connectApprovals({ addresses, internalToken, deadlineMs })
  closing.push(() => client.close())
  return client
}

const transports: [string, (point: ApprovalsPoint) => ApprovalsPoint | Promise<ApprovalsPoint>][] = [
  ['in process', (point) => point],
  ['over gRPC', async (point) => connect([await serve(point)])],
]

describe.each(transports)('an approvals point %s', (_name, open) => {
  it.each([
    ['with everything', REQUEST],
    [
      'with nothing that may be left out',
      {
        ...REQUEST,
        binding: { ...REQUEST.binding, argsDigest: null },
        tool: null,
        arguments: null,
        client: null,
        reasons: [],
      },
    ],
    [
      'with terms, and whom the agent acts for',
      { ...REQUEST, terms: TERMS, principal: { issuer: 'https://login.example', subject: '42' } },
    ],
    [
      'with what came before in the session',
      {
        ...REQUEST,
        soFar: {
          actions: [
            { ...EARLIER, verdict: 'allow' as const, outcome: 'ok' },
            { ...EARLIER, verdict: 'deny' as const, outcome: null },
          ],
          more: 4,
        },
      },
    ],
  ])('hands over a request %s', async (_what, request) => {
    const received: RequestApproval[] = []
    const point = await open(
      scripted({
        async requestApproval(asked) {
          received.push(asked)
          return PENDING
        },
      }),
    )
    expect(await point.requestApproval(request)).toEqual(PENDING)
    expect(received).toEqual([request])
  })

  it.each<[string, ClaimResult]>([
    ['won', { claimed: true, state: { ...APPROVED, status: 'consumed' } }],
    ['lost', { claimed: false, reason: 'consumed before', state: APPROVED }],
    ['of nothing', { claimed: false, reason: 'there is no such approval', state: null }],
  ])('hands over a claim %s', async (_what, result) => {
    const point = await open(scripted({ claimApproval: async () => result }))
    expect(await point.claimApproval(CLAIM)).toEqual(result)
  })

  it('hands over a cancellation and the state of several', async () => {
    const point = await open(
      scripted({
        cancelApproval: async (approvalId, reason) => ({ ...PENDING, approvalId, answerReason: reason }),
        getApprovals: async (ids) => ids.map((approvalId) => ({ ...APPROVED, approvalId })),
      }),
    )
    expect(await point.cancelApproval('x', 'policy changed')).toMatchObject({
      approvalId: 'x',
      answerReason: 'policy changed',
    })
    expect((await point.getApprovals(['x', 'y'])).map(({ approvalId }) => approvalId)).toEqual(['x', 'y'])
    expect(await point.getApprovals([])).toEqual([])
  })

  it.each([
    'invalid',
    'unauthenticated',
    'forbidden',
    'not_found',
    'conflict',
    'exhausted',
    'timeout',
    'unavailable',
    'internal',
  ] as const)('keeps code, kind and message of an error that is "%s"', async (kind) => {
    const point = await open(
      scripted({
        async cancelApproval() {
          throw new Busy('SP_TEST_CODE', kind, 'said – so')
        },
      }),
    )
    const error = await point.cancelApproval('x', 'y').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(SallyportError)
    expect(error).toMatchObject({ code: 'SP_TEST_CODE', kind, message: 'said – so' })
  })
})

const busy = () =>
  scripted({ getApprovals: async () => Promise.reject(new Busy('SP_BUSY', 'unavailable', '')) })
const calm = () => scripted({ getApprovals: async () => [APPROVED] })

describe('several approvals instances', () => {
  it('another one is asked where one is unavailable', async () => {
    const client = connect([await serve(busy()), await serve(calm())])
    expect(await client.getApprovals(['x'])).toEqual([APPROVED])
    expect(await client.getApprovals(['x'])).toEqual([APPROVED])
  })

  it('another one is asked where one hangs', async () => {
    const hung = scripted({ getApprovals: () => new Promise(() => undefined) })
    const client = connect([await serve(hung), await serve(calm())], TOKEN, 300)
    expect(await client.getApprovals(['x'])).toEqual([APPROVED])
  })

  it('a refusal is not asked of another', async () => {
    const asked: string[] = []
    const refusing = (name: string) =>
      scripted({
        async getApprovals() {
          asked.push(name)
          throw new Busy('SP_NO', 'conflict', 'no')
        },
      })
    const client = connect([await serve(refusing('a')), await serve(refusing('b'))])
    await expect(client.getApprovals(['x'])).rejects.toMatchObject({ kind: 'conflict' })
    expect(asked).toEqual(['a'])
  })

  it('health names the one that is away', async () => {
    const away = await serveGrpc({ listen: ANY_PORT, approvals: calm(), internalToken: TOKEN })
    const client = connect([away.address, await serve(calm())])
    expect(await client.health()).toEqual({ status: 'ok' })
    await away.stop()
    expect(await client.health()).toMatchObject({
      status: 'degraded',
      reason: expect.stringContaining(away.address),
    })
  })
})

it('nobody there is unavailable, and can be tried again', async () => {
  const server = await serveGrpc({ listen: ANY_PORT, approvals: calm(), internalToken: TOKEN })
  await server.stop()
  await expect(connect([server.address]).getApprovals(['x'])).rejects.toMatchObject({
    code: 'SP_REMOTE_UNAVAILABLE',
    kind: 'unavailable',
  })
})

it('no answer in time is unavailable, and can be tried again', async () => {
  const hung = await serve(scripted({ claimApproval: () => new Promise(() => undefined) }))
  await expect(connect([hung], TOKEN, 100).claimApproval(CLAIM)).rejects.toMatchObject({
    code: 'SP_REMOTE_TIMEOUT',
    kind: 'unavailable',
  })
})

it('a wrong bearer is refused before the point is asked', async () => {
  await expect(connect([await serve(calm())], 'another').getApprovals(['x'])).rejects.toMatchObject({
    kind: 'unauthenticated',
  })
})

it('a fault of the service tells nothing of its inside', async () => {
  const failing = await serve(
    scripted({ getApprovals: async () => Promise.reject(new Error('the password is swordfish')) }),
  )
  const error = await connect([failing])
    .getApprovals(['x'])
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'SP_REMOTE_FAILED', kind: 'internal' })
  expect(String((error as Error).cause)).not.toContain('swordfish')
})

it('an answer with a status nobody knows is refused', async () => {
  const odd = await serve(
    scripted({ getApprovals: async () => [{ ...APPROVED, status: 'maybe' as 'approved' }] }),
  )
  await expect(connect([odd]).getApprovals(['x'])).rejects.toMatchObject({
    code: 'SP_REMOTE_ANSWER_UNREADABLE',
  })
})
