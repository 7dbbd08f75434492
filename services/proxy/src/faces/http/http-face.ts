import type { JsonLimits } from '@sallyport/jsonrpc'
import type { Logger } from '@sallyport/runtime'
import type { HttpWay } from '../../connectors/http/http-way.ts'
import type { Recording } from '../../governing/record/record-decision.ts'
import type { Expectations } from '../server/expectations.ts'
import type { LettingIn } from '../server/let-in.ts'
import type { Upgrades } from '../server/upgrades.ts'

/** The parts that letting requests over HTTP in needs. */
export interface HttpFace extends LettingIn {
  readonly way: Pick<HttpWay, 'take'>
  readonly recording: Recording
  readonly limits: { readonly bodyBytes: number; readonly requestMs: number }
  readonly jsonLimits: JsonLimits
  /** How long a client may send nothing while its body is passed on. */
  readonly idleMs: number
  readonly logger: Logger
}

/** What connections bring beside requests: upgrades and expectations. */
export interface Connections {
  readonly upgrades: Upgrades
  readonly expectations: Expectations
}
