import type { Approval, Vote, Voter } from '@sallyport/approval'
import { type ControlView, INITIAL_STATE, startControlView } from '@sallyport/control'
import { createPublisher, type EventLog, memoryEventLog } from '@sallyport/event-log'
import type { RequestApproval } from '@sallyport/rpc'
import { silentLogger } from '@sallyport/runtime'
import { onTestFinished } from 'vitest'
import { type ApprovalsService, createApprovalsService } from '../service.ts'
import { type ManualTime, manualTime } from './manual-time.ts'
import { type RecordedSignals, recordedSignals } from './recorded-signals.ts'

export const MINUTE = 60_000
export const TERMS = {
  expiresMs: 15 * MINUTE,
  usableMs: 10 * MINUTE,
  maxOpenPerGateway: 20,
  grantUsualMs: 60 * MINUTE,
  grantMaxMs: 24 * 60 * MINUTE,
}

export interface Instance {
  readonly log: EventLog
  readonly service: ApprovalsService
  readonly signals: RecordedSignals
}

let instances = 0

/** Control state in which nothing is registered. */
export const NO_CONTROL: Pick<ControlView, 'state' | 'onChange'> = {
  state: () => INITIAL_STATE,
  onChange: () => () => {},
}

/** The control state of the log, until the test is over. */
async function controlOf(log: EventLog): Promise<Pick<ControlView, 'state' | 'onChange'>> {
  const control = startControlView({ log })
  onTestFinished(() => control.stop())
  await control.caughtUp
  return control
}

/** A running instance on a log that others may share. */
export async function startInstance(
  log: EventLog,
  time: ManualTime,
  secret?: Uint8Array,
  control?: Pick<ControlView, 'state' | 'onChange'>,
): Promise<Instance> {
  instances += 1
  const signals = recordedSignals()
  const publisher = createPublisher({ log, producer: `approvals/${instances}` })
  const { clock } = time
  const service = createApprovalsService(TERMS, {
    log,
    publisher,
    signals: signals.signals,
    control: control ?? (await controlOf(log)),
    clock,
    scheduler: time,
    logger: silentLogger,
    ...(secret && { secret }),
  })
  await service.start()
  return { log, service, signals }
}

export async function startWorld() {
  const time = manualTime()
  const log = memoryEventLog(() => time.clock().getTime())
  const first = await startInstance(log, time)
  return { time, ...first }
}

/** Somebody answers through an instance. */
export function vote(
  { service }: Instance,
  approvalId: string,
  answer: Vote,
  name = 'dana',
): Promise<Approval> {
  const actor = { type: 'person', name } as const
  const voter = tokenVoter(name)
  return service.answer({ approvalId, vote: answer, actor, voter, reason: null, idempotencyKey: null })
}

/** A token of its own, which belongs to nobody. */
export function tokenVoter(name: string): Voter {
  const own = { id: name, tokenId: name, personId: null, botId: null }
  return { ...own, roles: ['approver'], groups: [], advisory: false }
}

export function request(args = 'a', actionId = 'act-1'): RequestApproval {
  return {
    binding: {
      tenant: 'default',
      gatewayId: 'gw-1',
      upstream: 'files',
      upstreamDigest: 'd'.repeat(64),
      action: 'mcp.tools.create_issue',
      argsDigest: args.repeat(64),
      toolDigest: null,
      policyVersion: 'p-1',
    },
    actionId,
    gateway: 'code-agent',
    connector: 'mcp',
    tool: 'create_issue',
    risk: 'medium',
    rule: 'permission mcp.tools.create_*',
    reasons: ['needs a person'],
    arguments: { title: `issue ${args}` },
    client: { name: 'claude-code', version: '2.0' },
  }
}
