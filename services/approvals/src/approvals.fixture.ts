import type { Approval, Vote } from '@sallyport/approval'
import type { ControlView } from '@sallyport/control'
import { createPublisher, type EventLog, memoryEventLog } from '@sallyport/event-log'
import { createApiServer } from '@sallyport/http-api'
import type { RequestApproval } from '@sallyport/rpc'
import { silentLogger } from '@sallyport/runtime'
import type { Signals } from '@sallyport/signals'
import type { Scheduler } from './scheduler.ts'
import { type ApprovalsService, createApprovalsService } from './service.ts'

export const MINUTE = 60_000
export const TERMS = { expiresMs: 15 * MINUTE, usableMs: 10 * MINUTE, maxOpenPerGateway: 20 }

/** A clock and a scheduler that move only when the test says so. */
export interface ManualTime extends Scheduler {
  clock(): Date
  /** Moves on and runs what became due on the way, in order. */
  advance(ms: number): void
  /** How many callbacks wait. */
  waiting(): number
  /** Resolves as soon as a callback waits. */
  scheduled(): Promise<void>
}

export function manualTime(start = Date.UTC(2026, 10, 21, 9)): ManualTime {
  let now = start
  const due = new Set<{ at: number; callback: () => void }>()
  const sleepers: (() => void)[] = []
  const next = (until: number) => {
    const ready = [...due].filter(({ at }) => at <= until).sort((left, right) => left.at - right.at)
    return ready[0]
  }
  return {
    clock: () => new Date(now),
    waiting: () => due.size,
    scheduled() {
      if (due.size > 0) return Promise.resolve()
      return new Promise((resolve) => sleepers.push(resolve))
    },
    after(ms, callback) {
      const entry = { at: now + Math.max(ms, 0), callback }
      due.add(entry)
      for (const wake of sleepers.splice(0)) wake()
      return () => due.delete(entry)
    },
    advance(ms) {
      const until = now + ms
      for (let entry = next(until); entry; entry = next(until)) {
        due.delete(entry)
        now = Math.max(now, entry.at)
        entry.callback()
      }
      now = until
    },
  }
}

/** Signals that remember what was sent and let a test wait for the next. */
export interface RecordedSignals extends Signals {
  readonly sent: string[]
  /** Resolves when `count` signals in all have been sent. */
  until(count: number): Promise<void>
}

export function recordedSignals(): RecordedSignals {
  const sent: string[] = []
  let waiters: { count: number; resolve: () => void }[] = []
  return {
    sent,
    send(subject) {
      sent.push(subject)
      for (const waiter of waiters) if (sent.length >= waiter.count) waiter.resolve()
      waiters = waiters.filter(({ count }) => count > sent.length)
    },
    until(count) {
      if (sent.length >= count) return Promise.resolve()
      return new Promise((resolve) => waiters.push({ count, resolve }))
    },
    subscribe: () => ({ ready: Promise.resolve(), unsubscribe() {} }),
    onReconnect() {},
    fault: () => undefined,
    async close() {},
  }
}

export interface Instance {
  readonly service: ApprovalsService
  readonly signals: RecordedSignals
}

let instances = 0

/** A running instance on a log that others may share. */
export async function startInstance(log: EventLog, time: ManualTime): Promise<Instance> {
  instances += 1
  const signals = recordedSignals()
  const publisher = createPublisher({ log, producer: `approvals/${instances}` })
  const { clock } = time
  const service = createApprovalsService(TERMS, {
    log,
    publisher,
    signals,
    clock,
    scheduler: time,
    logger: silentLogger,
  })
  await service.start()
  return { service, signals }
}

export async function startWorld() {
  const time = manualTime()
  const log = memoryEventLog(() => time.clock().getTime())
  const first = await startInstance(log, time)
  return { time, log, ...first }
}

/** Somebody answers through an instance. */
export function vote(
  { service }: Instance,
  approvalId: string,
  answer: Vote,
  name = 'dana',
): Promise<Approval> {
  const actor = { type: 'person', name } as const
  return service.answer({ approvalId, vote: answer, actor, reason: null, idempotencyKey: null })
}

export function request(args = 'a', actionId = 'act-1'): RequestApproval {
  return {
    binding: {
      tenant: 'default',
      gatewayId: 'gw-1',
      upstream: 'files',
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

/** Tokens by name, of the scope they are named after up to the dash; the token is the name itself. */
function controlOf(names: readonly string[]): ControlView {
  return {
    state: () => {
      throw new Error('not needed here')
    },
    authenticateGateway: () => undefined,
    authenticateApi(token) {
      if (!names.includes(token)) return undefined
      const scope = SCOPES.find((known) => token.startsWith(known)) ?? 'analyst'
      return { id: token, name: token, scope, tokenHash: '', createdAt: '', revokedAt: null }
    },
    onChange: () => () => {},
    fault: () => undefined,
  }
}
const SCOPES = ['admin', 'approver', 'analyst', 'bot'] as const
const TOKENS = ['admin-root', 'approver-dana', 'approver-omar', 'analyst-ann', 'bot-ci']

/** The API of an instance, called through `inject` by the holder of a token. */
export async function apiOf({ service }: Instance, time: ManualTime) {
  const server = await createApiServer({
    title: 'approvals',
    version: '0',
    control: controlOf(TOKENS),
    plugins: [service.routes],
    health: service.health,
    clock: time.clock,
    logger: silentLogger,
  })
  return {
    server,
    as: (token: string) => ({
      async get(url: string) {
        const response = await server.inject({ url, headers: { authorization: `Bearer ${token}` } })
        return { status: response.statusCode, body: response.json() }
      },
      async post(url: string, body?: object, headers: Record<string, string> = {}) {
        const response = await server.inject({
          method: 'POST',
          url,
          headers: { authorization: `Bearer ${token}`, ...headers },
          ...(body ? { body } : {}),
        })
        return { status: response.statusCode, type: response.headers['content-type'], body: response.json() }
      },
    }),
  }
}
