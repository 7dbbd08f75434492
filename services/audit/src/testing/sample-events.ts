import {
  type AnyNewEvent,
  type DataOf,
  type EncodedEvent,
  encodeEvent,
  GENESIS_HASH,
  newEvent,
  recordHash,
} from '@sallyport/events'

type Decided = DataOf<'sallyport.action.decided.v1'>
type Completed = DataOf<'sallyport.action.completed.v1'>

/** Made-up events for tests and benchmarks, with the fields of the event that matter overwritten. */
export function decided(at: Date, change: Partial<Decided> & { actionId: string }): AnyNewEvent {
  return action('sallyport.action.decided.v1', at, {
    ...facts,
    phase: 'initial',
    fault: null,
    method: 'tools/call',
    tool: 'read_file',
    requestId: '7',
    session: '0123456789abcdef',
    protocolVersion: '2025-11-25',
    client: { name: 'sample-client', version: '1.0.0' },
    argsDigest: 'a'.repeat(64),
    toolDigest: 'b'.repeat(64),
    arguments: { path: '/srv/report.txt' },
    findings: [],
    decisionMs: 1.25,
    ...change,
  })
}

export function completed(at: Date, change: Partial<Completed> & { actionId: string }): AnyNewEvent {
  return action('sallyport.action.completed.v1', at, {
    ...facts,
    outcome: 'ok',
    httpStatus: 200,
    errorCode: null,
    durationMs: 45.5,
    upstreamMs: 40,
    heldMs: 0,
    requestBytes: 120,
    responseBytes: 900,
    ...change,
  })
}

export function aborted(
  at: Date,
  change: Partial<DataOf<'sallyport.action.aborted.v1'>> & { actionId: string },
): AnyNewEvent {
  return action('sallyport.action.aborted.v1', at, {
    ...facts,
    stage: 'held',
    reason: 'the client went away',
    durationMs: 60_000,
    ...change,
  })
}

export function voted(at: Date, approvalId: string): AnyNewEvent {
  return newEvent(
    {
      type: 'sallyport.approval.voted.v2',
      source: '/approvals',
      subject: approvalId,
      tenant: 'default',
      key: 'c'.repeat(64),
      data: {
        approvalId,
        callDigest: 'c'.repeat(64),
        vote: 'approve',
        actor: { type: 'person', name: 'dana' },
        voter: {
          id: 'token-1',
          tokenId: 'token-1',
          personId: null,
          botId: null,
          roles: ['approver'],
          groups: [],
          advisory: false,
        },
        reason: 'looks fine',
        idempotencyKey: null,
      },
    },
    at,
  )
}

/** Encodes events as one producer would, each naming the one before it. */
export function encoder(producer = 'proxy/sample'): (event: AnyNewEvent) => EncodedEvent {
  let seq = 0
  let prevHash = GENESIS_HASH
  return (event) => {
    const record = encodeEvent(event, { producer, epoch: 1, seq, prevHash })
    seq += 1
    prevHash = recordHash(record)
    return record
  }
}

/** The record with `%HIGH%` and `%LOW%` as halves of a surrogate pair: our codec writes none, another's may have. */
export function withHalfPairs(record: EncodedEvent): EncodedEvent {
  const text = Buffer.from(record.value).toString('utf8')
  return {
    ...record,
    value: Buffer.from(text.replaceAll('%HIGH%', '\\ud800').replaceAll('%LOW%', '\\udfff')),
  }
}

const facts = {
  gateway: { id: 'gw-1', name: 'code-agent' },
  connector: 'mcp',
  upstream: 'files',
  action: 'mcp.tools.read_file',
  risk: 'low',
  verdict: 'allow',
  rule: 'permission mcp.tools.read_*',
  reasons: ['the most specific permission allows it'] as string[],
  policyVersion: 'p-0123456789abcdef',
  approvalId: null,
  answeredBy: null,
} as const

function action<
  T extends 'sallyport.action.decided.v1' | 'sallyport.action.completed.v1' | 'sallyport.action.aborted.v1',
>(type: T, at: Date, data: DataOf<T>): AnyNewEvent {
  const { actionId, gateway } = data as { actionId: string; gateway: { name: string } }
  return newEvent(
    { type, source: '/proxy', subject: actionId, tenant: 'default', key: `default/${gateway.name}`, data },
    at,
  )
}
