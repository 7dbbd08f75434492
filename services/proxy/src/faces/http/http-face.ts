import type { JsonLimits } from '@sallyport/jsonrpc'
import type { Logger } from '@sallyport/runtime'
import type { HttpWay } from '../../connectors/http/http-way.ts'
import type { Recording } from '../../governing/record/record-decision.ts'
import type { Expectations } from '../server/expectations.ts'
import type { LettingIn } from '../server/let-in.ts'
import type { Upgrades } from '../server/upgrades.ts'

/** What it takes to let requests over HTTP in. */
export interface HttpFace extends LettingIn {
  readonly way: Pick<HttpWay, 'take'>
  readonly recording: Recording
  readonly limits: { readonly bodyBytes: number; readonly requestMs: number }
  readonly jsonLimits: JsonLimits
  /** How long a client may send nothing while its body is passed on. */
  readonly idleMs: number
  readonly logger: Logger
}

/** What the connections of the server are asked, beside requests. */
export interface Connections {
  readonly upgrades: Upgrades
  readonly expectations: Expectations
}
