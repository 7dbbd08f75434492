import type { ControlView } from '@sallyport/control'
import type { DecisionPoint } from '@sallyport/rpc'
import type { UpstreamCatalogs } from '../catalog/upstream-catalogs.ts'
import type { McpCall } from '../message/call.ts'
import type { SealingRounds } from '../rounds/sealed-state.ts'
import type { ToolHeaders } from '../stateless/tool-headers.ts'
import type { WithIds } from './bound-ids.ts'

/** The parts that rewriting an answer needs. */
export interface Rewriting extends WithIds, SealingRounds {
  readonly catalog: UpstreamCatalogs
  readonly control: Pick<ControlView, 'offset'>
  /** Its verdicts say which entries of a list are shown. */
  readonly decision: DecisionPoint
  readonly toolHeaders: ToolHeaders
  /** Whether facts of ours may stand in the structured content of an answer to this call. */
  readonly structured: (call: McpCall) => boolean
}
