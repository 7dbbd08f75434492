import type { ControlView } from '@sallyport/control'
import type { Publisher } from '@sallyport/event-log'
import type { ApprovalsPoint, DecisionPoint } from '@sallyport/rpc'
import type { Environment, HealthCheck, Logger, Perimeter } from '@sallyport/runtime'
import type { Signals } from '@sallyport/signals'
import type { ProxyConfig } from '../config.ts'

/** The parts that a proxy gets from the process that it runs in. */
export interface ProxyDeps {
  readonly config: ProxyConfig
  readonly publisher: Publisher
  readonly signals: Signals
  readonly control: ControlView
  readonly decision: DecisionPoint
  readonly approvals: ApprovalsPoint
  /** The installation's secret: the keys for sessions and argument digests come from it. */
  readonly secret: Uint8Array
  /** Where the credentials of upstreams are read. */
  readonly environment: Environment
  /** Where upstreams may be. */
  readonly perimeter: Perimeter
  readonly clock: () => Date
  readonly logger: Logger
  /** The address of this installation's own page for answering approvals, with {id}; null without such a page. */
  readonly approvalPage?: () => string | null
  /** Checks of what this proxy depends on, shown beside its own. */
  readonly health?: Readonly<Record<string, HealthCheck>>
}
