import type { KeyObject } from 'node:crypto'
import type { ControlView } from '@sallyport/control'
import type { ApprovalsPoint, DecisionPoint } from '@sallyport/rpc'
import type { Environment, Logger } from '@sallyport/runtime'
import type { Credentials } from '../adapters/credentials.ts'
import type { Recorder } from '../adapters/recorder.ts'
import type { SessionSeal } from '../adapters/session-seal.ts'
import type { Upstreams } from '../adapters/upstreams.ts'
import type { AccessTokens } from '../authorization/access-tokens.ts'
import type { UpstreamMetadata } from '../authorization/upstream-metadata.ts'
import type { UpstreamCatalogs } from '../catalog/upstream-catalogs.ts'
import type { ProxyConfig } from '../config.ts'
import type { BoundIds } from '../domain/bound-ids.ts'
import type { Call } from '../domain/call.ts'
import type { ParamHeader } from '../domain/param-headers.ts'
import type { Evidence } from '../domain/records.ts'
import type { PassedHeaders } from '../domain/upstream-headers.ts'
import type { ApprovalWatch } from '../hold/approval-watch.ts'
import type { HeldCalls } from '../hold/held-calls.ts'
import type { Counters } from '../http/counters.ts'
import type { StreamKeepAlives } from '../http/stream-keep-alives.ts'
import type { Memory } from '../limits/memory.ts'
import type { ToolHeaders } from '../modern/tool-headers.ts'
import type { Relay } from '../relay/relay.ts'
import type { RequestStates } from '../request-state/sealed-state.ts'
import type { TakenRound } from '../request-state/take-back.ts'
import type { HealedSessions } from '../session/healed-sessions.ts'
import type { SseStreams } from '../sse-channel/sse-streams.ts'
import type { WrapperConnections } from '../stdio/wrapper-connections.ts'
import type { HeldTask } from '../tasks/held-task.ts'
import type { Tasks } from '../tasks/tasks.ts'
import type { Answer } from './answer.ts'
import type { OpenExchanges } from './open-exchanges.ts'
import type { RemoteCancellations } from './remote-cancellations.ts'

/** What an exchange needs of the process it runs in. */
export interface ProxyParts {
  readonly config: ProxyConfig
  readonly control: ControlView
  readonly decision: DecisionPoint
  readonly approvals: ApprovalsPoint
  readonly recorder: Recorder
  readonly catalog: UpstreamCatalogs
  readonly upstreams: Upstreams
  readonly credentials: Credentials
  /** Null where no issuer is trusted. */
  readonly accessTokens: AccessTokens | null
  readonly upstreamMetadata: UpstreamMetadata
  readonly seal: SessionSeal
  readonly ids: BoundIds
  readonly environment: Environment
  readonly digestKey: KeyObject
  readonly clock: () => Date
  readonly logger: Logger
  readonly counters: Counters
  readonly holds: HeldCalls
  readonly watch: ApprovalWatch
  readonly relay: Relay
  readonly wrappers: WrapperConnections
  readonly sseStreams: SseStreams
  /** This process, as the one that claims approvals. */
  readonly claimant: string
  readonly open: OpenExchanges
  readonly memory: Memory
  readonly remote: RemoteCancellations
  readonly toolHeaders: ToolHeaders
  readonly states: RequestStates
  readonly tasks: Tasks
  /** Where this installation lets people answer approvals, with {id}, unless it was configured; null for nowhere. */
  readonly approvalPage: () => string | null
  readonly sessions: HealedSessions
  readonly keepAlives: StreamKeepAlives
}

/** One call, and the agent who waits for its answer. */
export interface Exchange {
  readonly call: Call
  readonly evidence: Evidence
  readonly answer: Answer
  readonly passed: PassedHeaders
  /** Which arguments its tool wants mirrored, once that was looked up. */
  declared: readonly ParamHeader[]
  /** The highest progress value sent while the call was held: the upstream's own go on from there. */
  progressSent: number
  /** What the upstream calls the request; of a cancellation, the request that it names. Null for everything else. */
  readonly upstreamId: string | null
  /** Which round it is of a call that the client repeats as we asked it to. */
  readonly round: TakenRound | null
  /** What the call has become where no caller waits for it any more. */
  readonly task: HeldTask | null
}
