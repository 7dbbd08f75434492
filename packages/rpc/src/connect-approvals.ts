import type { Client, Metadata } from '@grpc/grpc-js'
import {
  type Health,
  type HealthCheck,
  messageOf,
  SallyportError,
  type TlsMaterial,
} from '@sallyport/runtime'
import type { ApprovalsPoint } from './approvals.ts'
import { fromWireClaim, fromWireState, fromWireUsed, toWireRequest, toWireUse } from './approvals-wire.ts'
import { callUnary, openChannel } from './channel.ts'
import { APPROVALS_SERVICE, approvalsService, healthService } from './definitions.ts'
import { RemoteUnavailable } from './errors.ts'
import type { ApprovalState__Output } from './gen/sallyport/approvals/v1/ApprovalState.ts'
import type { ClaimApprovalResponse__Output } from './gen/sallyport/approvals/v1/ClaimApprovalResponse.ts'
import type { GetApprovalsResponse__Output } from './gen/sallyport/approvals/v1/GetApprovalsResponse.ts'
import type { UseGrantResponse__Output } from './gen/sallyport/approvals/v1/UseGrantResponse.ts'
import { bearerMetadata, type InternalToken } from './internal-bearer.ts'

export interface ConnectApprovalsOptions {
  /** `host:port` of each instance. */
  readonly addresses: readonly string[]
  readonly internalToken: InternalToken
  /** For each attempt; 2000 unless given. */
  readonly deadlineMs?: number
  readonly tls?: TlsMaterial | undefined
}

export interface ApprovalsClient extends ApprovalsPoint {
  /** Asks every instance's health service: `degraded` when one is away, `down` when all are. */
  readonly health: HealthCheck
  close(): void
}

const DEFAULT_DEADLINE_MS = 2000
const HEALTH_DEADLINE_MS = 500
const SERVING = 1

interface Instance {
  readonly address: string
  readonly client: Client
}

/**
 * Approvals by remote instances, unary. A call that ends `unavailable` is repeated once at each other instance. That
 * never takes effect twice: a request attaches to the approval that is open, and a claim is recognised by its action.
 */
export function connectApprovals(options: ConnectApprovalsOptions): ApprovalsClient {
  const { addresses, internalToken, deadlineMs = DEFAULT_DEADLINE_MS, tls } = options
  const metadata = bearerMetadata(internalToken)
  const instances: Instance[] = addresses.map((address) => ({ address, client: openChannel(address, tls) }))

  const ask = <Answer>(method: string, request: object) =>
    askInTurn<Answer>(instances, method, request, metadata, deadlineMs)

  return {
    async requestApproval(request) {
      const method = request.terms === undefined ? 'RequestApproval' : 'RequestApprovalByTerms'
      return fromWireState(await ask<ApprovalState__Output>(method, toWireRequest(request)))
    },
    async claimApproval(claim) {
      return fromWireClaim(await ask<ClaimApprovalResponse__Output>('ClaimApproval', claim))
    },
    async useGrant(use) {
      return fromWireUsed(await ask<UseGrantResponse__Output>('UseGrant', toWireUse(use)))
    },
    async cancelApproval(approvalId, reason) {
      return fromWireState(await ask<ApprovalState__Output>('CancelApproval', { approvalId, reason }))
    },
    async getApprovals(approvalIds) {
      const { approvals } = await ask<GetApprovalsResponse__Output>('GetApprovals', { approvalIds })
      return approvals.map(fromWireState)
    },
    health: () => healthOf(instances, metadata),
    close() {
      for (const { client } of instances) client.close()
    },
  }
}

/** The one that answered last comes first: an instance that is away costs one attempt and not one a call. */
async function askInTurn<Answer>(
  instances: Instance[],
  method: string,
  request: object,
  metadata: Metadata,
  deadlineMs: number,
): Promise<Answer> {
  let last: unknown = new RemoteUnavailable('no address is configured')
  for (const instance of [...instances]) {
    try {
      const options = { deadline: Date.now() + deadlineMs }
      return await callUnary(instance.client, approvalsService, method, request, metadata, options)
    } catch (reason) {
      if (!(reason instanceof SallyportError) || reason.kind !== 'unavailable') throw reason
      last = reason
      moveToEnd(instances, instance)
    }
  }
  throw last
}

function moveToEnd(instances: Instance[], instance: Instance): void {
  const index = instances.indexOf(instance)
  if (index !== -1) instances.push(...instances.splice(index, 1))
}

async function healthOf(instances: readonly Instance[], metadata: Metadata): Promise<Health> {
  const faults = (
    await Promise.all(
      instances.map(async ({ address, client }) => {
        const fault = await faultOf(client, metadata)
        return fault && `${address}: ${fault}`
      }),
    )
  ).filter((fault) => fault !== undefined)
  if (instances.length > 0 && faults.length === 0) return { status: 'ok' }
  const status = faults.length === instances.length ? 'down' : 'degraded'
  return { status, reason: faults.join('; ') || 'no address is configured' }
}

async function faultOf(client: Client, metadata: Metadata): Promise<string | undefined> {
  try {
    const deadline = Date.now() + HEALTH_DEADLINE_MS
    const request = { service: APPROVALS_SERVICE }
    const answer = await callUnary<object, { status: number }>(
      client,
      healthService,
      'Check',
      request,
      metadata,
      {
        deadline,
      },
    )
    return answer.status === SERVING ? undefined : 'it is not serving'
  } catch (reason) {
    return messageOf(reason)
  }
}
