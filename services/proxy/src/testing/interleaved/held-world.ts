import type { ApprovalStatus } from '@sallyport/approval'
import { createPublisher, type EventLog, memoryEventLog } from '@sallyport/event-log'
import { type ApprovalsPoint, oneByOne } from '@sallyport/rpc'
import { canonicalJson, DEVELOPMENT, newId, readConfig, sha256Hex, silentLogger } from '@sallyport/runtime'
import type { Dispatcher } from 'undici'
import { proxySpec } from '../../config.ts'
import type { McpCall } from '../../connectors/mcp/message/call.ts'
import { readCall } from '../../connectors/mcp/message/read-call.ts'
import type { HeldCalls } from '../../governing/hold/held-calls.ts'
import type { UpstreamReceiver } from '../../reaching/upstream-receiver.ts'
import type { UpstreamRequest } from '../../reaching/upstream-request.ts'
import type { Upstreams } from '../../reaching/upstreams.ts'
import { createGoverning } from '../../wiring/create-governing.ts'
import { createMcp, type McpRooms } from '../../wiring/create-mcp.ts'
import { createReach } from '../../wiring/create-reach.ts'
import { createRecording } from '../../wiring/create-recording.ts'
import { requestLimits } from '../../wiring/limits-of.ts'
import { FixedControl } from '../fixed-control.ts'
import { FixedDecision } from '../fixed-decision.ts'
import { FoldedApprovals } from '../folded-approvals.ts'
import { LocalSignals } from '../local-signals.ts'
import { Caller } from './caller.ts'
import { Gates } from './gates.ts'

export const KINDS = ['json', 'stream', 'rounds', 'task'] as const
export type Kind = (typeof KINDS)[number]

/** The only deadline is the caller's patience: a step is slow because the test says so. */
const CONFIG = readConfig(proxySpec, {
  SALLYPORT_PROXY_LISTEN: '127.0.0.1:0',
  SALLYPORT_PROXY_RECORD_TIMEOUT_MS: '1000000000',
  SALLYPORT_HOLD_POLL_MS: '5000',
})
const TOOL = 'mcp.tools.act'
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
}
const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } }

interface Process {
  readonly name: string
  readonly mcp: McpRooms
  readonly holds: HeldCalls
  readonly unsubscribe: () => void
  alive: boolean
}

export interface Made {
  readonly kind: Kind
  readonly args: number
  readonly caller: Caller
  readonly call: McpCall
  readonly process: Process
  cancelled: boolean
}

/**
 * Two proxies in front of one upstream, with the real code of holds, rungs, tasks and claims, over the real fold of
 * approvals: every message between the parts waits until the test lets it go on.
 */
export class HeldWorld {
  readonly gates = new Gates()
  readonly made: Made[] = []
  /** The action of each tool call that reached the upstream. */
  readonly executed: string[] = []
  readonly tasks: { readonly taskId: string; readonly made: Made }[] = []
  readonly approvals: FoldedApprovals
  readonly signals = new LocalSignals()
  readonly control = new FixedControl()
  readonly decision = new FixedDecision()
  readonly processes: Process[] = []
  readonly faults: unknown[] = []
  readonly #secret = new Uint8Array(32).fill(7)
  #definition = 1

  constructor() {
    this.approvals = new FoldedApprovals(this.signals)
    this.control.addGateway('code-agent', 'token')
    this.control.addUpstream('files', 'http://127.0.0.1:1/mcp')
    this.decision.control = this.control
    this.decision.outcomes.set(TOOL, 'hold')
    this.processes.push(this.#start('one'), this.#start('two'))
  }

  call(kind: Kind, args: number, at: number, requestState?: string): void {
    const process = this.processes[at % this.processes.length] as Process
    const gateway = this.control.state().gateways.get('code-agent')
    const upstream = this.control.state().upstreams.get('files')
    if (gateway === undefined || upstream === undefined) throw new Error('not there')
    const stateless = kind === 'rounds' || kind === 'task'
    const capabilities = kind === 'task' ? TASKS : {}
    const params = {
      name: 'act',
      arguments: { n: args },
      ...(stateless
        ? { _meta: { ...ENVELOPE, 'io.modelcontextprotocol/clientCapabilities': capabilities } }
        : {}),
      ...(requestState === undefined ? {} : { requestState }),
    }
    const body = JSON.stringify({ jsonrpc: '2.0', id: this.made.length, method: 'tools/call', params })
    const arrival = {
      actionId: newId(),
      gateway,
      upstream,
      agentAuthorization: null,
      session: null,
      versionHeader: null,
      arrivedAt: 0,
    }
    const call = readCall(arrival, Buffer.from(body), requestLimits(CONFIG))
    const caller = new Caller(({ result }) => {
      if (result?.resultType === 'input_required') this.call(kind, args, at + 1, result.requestState)
      if (result?.taskId !== undefined) this.tasks.push({ taskId: result.taskId, made })
    })
    const made: Made = { kind, args, caller, call, process, cancelled: false }
    this.made.push(made)
    this.#govern(process, call, caller, kind === 'json' ? 'application/json' : 'text/event-stream')
  }

  cancel(made: Made): void {
    if (!made.process.alive) return
    made.cancelled = true
    const task = this.tasks.find((known) => known.made === made)
    if (task !== undefined) void this.ask('tasks/cancel', task.taskId, made.process)
    else if (made.caller.waits)
      made.process.holds.cancelWhere(({ actionId }) => actionId === made.call.actionId)
  }

  /** Asks about a task; undefined while the answer is under way. */
  ask(method: string, taskId: string, process = this.processes[0] as Process): Caller {
    const params = { taskId, _meta: { ...ENVELOPE, 'io.modelcontextprotocol/clientCapabilities': TASKS } }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 'ask', method, params })
    const { call: about } = this.made[0] as Made
    const arrival = {
      ...about,
      actionId: newId(),
      agentAuthorization: null,
      session: null,
      versionHeader: null,
    }
    const call = readCall(arrival, Buffer.from(body), requestLimits(CONFIG))
    const caller = new Caller(() => {})
    this.#govern(process, call, caller, 'application/json')
    return caller
  }

  /** The process dies as it stands, and another one takes its place. */
  crash(at: number): void {
    const index = at % this.processes.length
    const process = this.processes[index] as Process
    process.alive = false
    process.unsubscribe()
    this.gates.forget(process.name)
    for (const { caller, process: of } of this.made) if (of === process) caller.cutOff = true
    this.processes[index] = this.#start(`${process.name}'`)
  }

  /** The tool's present definition, as an approval is bound to it. */
  get toolDigest(): string {
    return sha256Hex(canonicalJson(this.#tool()))
  }

  redefine(): void {
    this.#definition += 1
  }

  restrict(): void {
    this.decision.policyVersion += '+'
    this.control.touch()
  }

  ofStatus(...statuses: ApprovalStatus[]) {
    return this.approvals.all().filter(({ status }) => statuses.includes(status))
  }

  stop(): void {
    for (const { unsubscribe, mcp } of this.processes) {
      unsubscribe()
      mcp.tasks.stop()
    }
  }

  #govern(process: Process, call: McpCall, caller: Caller, accept: string): void {
    const passed = {
      protocolVersion: call.protocolVersion,
      mirrored: null,
      accept,
      lastEventId: undefined,
      traceparent: undefined,
    }
    process.mcp.way.take(call, caller, passed).catch((error: unknown) => this.faults.push(error))
  }

  #tool() {
    return { name: 'act', description: `definition ${this.#definition}` }
  }

  #start(name: string): Process {
    const log = memoryEventLog()
    const gated: EventLog = {
      ...log,
      append: (topic, records) => this.gates.through(name, () => log.append(topic, records)),
    }
    const deps = {
      config: CONFIG,
      publisher: createPublisher({ log: gated, producer: `proxy/${name}` }),
      signals: this.signals,
      control: this.control,
      decision: oneByOne((input) => this.gates.through(name, () => this.decision.decide(input))),
      approvals: this.#approvalsOf(name),
      secret: this.#secret,
      environment: {},
      perimeter: DEVELOPMENT,
      clock: () => new Date(),
      logger: silentLogger,
    }
    const recording = createRecording(deps)
    const reach = createReach(deps, recording, () => this.#upstreamsOf(() => process))
    const governing = createGoverning(deps, reach, recording)
    const mcp = createMcp(deps, reach, governing)
    const { holds } = governing
    const unsubscribe = this.control.onChange(() => holds.controlChanged())
    const process: Process = { name, mcp, holds, unsubscribe, alive: true }
    return process
  }

  #approvalsOf(name: string): ApprovalsPoint {
    const { approvals, gates } = this
    return {
      requestApproval: (request) => gates.through(name, () => approvals.requestApproval(request)),
      claimApproval: (claim) => gates.through(name, () => approvals.claimApproval(claim)),
      useGrant: (use) => gates.through(name, () => approvals.useGrant(use)),
      cancelApproval: (id, reason) => gates.through(name, () => approvals.cancelApproval(id, reason)),
      getApprovals: (ids) => gates.through(name, () => approvals.getApprovals(ids)),
    }
  }

  /** A call is carried out when it is sent; its answer takes its time. */
  #upstreamsOf(processOf: () => Process): Upstreams {
    const send = (_upstream: unknown, { body }: UpstreamRequest, receiver: UpstreamReceiver) => {
      const process = processOf()
      if (!process.alive || body === null) return
      const { id, method } = JSON.parse(body) as { id: string; method: string }
      if (method === 'tools/call') this.executed.push(id.split('.')[1] ?? '')
      const result =
        method === 'tools/call'
          ? { content: [{ type: 'text', text: 'done' }], resultType: 'complete' }
          : { tools: [this.#tool()] }
      let aborted = false
      const abort = () => {
        aborted = true
      }
      const controller = { abort, pause() {}, resume() {} } as unknown as Dispatcher.DispatchController
      receiver.onRequestStart(controller)
      void this.gates
        .through(process.name, () => {})
        .then(() => {
          if (aborted) return
          receiver.onResponseStart(controller, 200, { 'content-type': 'application/json' })
          receiver.onResponseData(controller, Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, result })))
          receiver.onResponseEnd()
        })
    }
    const begun = () => undefined
    return { send, begun, children: 0, keepOnly() {}, async stop() {} } as unknown as Upstreams
  }
}
