import type { KeyObject } from 'node:crypto'
import type { ControlView } from '@sallyport/control'
import type { JsonLimits } from '@sallyport/jsonrpc'
import type { ApprovalsPoint, DecisionPoint } from '@sallyport/rpc'
import type { Environment, Logger } from '@sallyport/runtime'
import type { ProxyConfig } from '../../../config.ts'
import type { AccessTokens } from '../../../faces/authorization/access-tokens.ts'
import type { StreamKeepAlives } from '../../../faces/server/stream-keep-alives.ts'
import type { WrapperConnections } from '../../../faces/wrapper/wrapper-connections.ts'
import type { ApprovalWatch } from '../../../governing/hold/approval-watch.ts'
import type { HeldCalls } from '../../../governing/hold/held-calls.ts'
import type { Memory } from '../../../governing/limits/memory.ts'
import type { OpenExchanges } from '../../../governing/open-exchanges.ts'
import type { Counters } from '../../../governing/record/counters.ts'
import type { Recorder } from '../../../governing/record/recorder.ts'
import type { Credentials } from '../../../reaching/credentials/credentials.ts'
import type { Relay } from '../../../reaching/relay/relay.ts'
import type { Upstreams } from '../../../reaching/upstreams.ts'
import type { UpstreamMetadata } from '../authorization/upstream-metadata.ts'
import type { UpstreamCatalogs } from '../catalog/upstream-catalogs.ts'
import type { RemoteCancellations } from '../forwarding/remote-cancellations.ts'
import type { SseStreams } from '../legacy-sse/sse-streams.ts'
import type { BoundIds } from '../rewrite/bound-ids.ts'
import type { RequestStates } from '../rounds/sealed-state.ts'
import type { KeepingTimes } from '../rungs/keeping.ts'
import type { HealedSessions } from '../session/healed-sessions.ts'
import type { SessionSeal } from '../session/session-seal.ts'
import type { ToolHeaders } from '../stateless/tool-headers.ts'
import type { Tasks } from '../tasks/tasks.ts'

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
  readonly approvalUrl: (approvalId: string) => string | null
  readonly address: string | null
  readonly hold: KeepingTimes
  readonly taskPollMs: number
  readonly answerLimits: Required<JsonLimits>
  readonly sessions: HealedSessions
  readonly keepAlives: StreamKeepAlives
}
