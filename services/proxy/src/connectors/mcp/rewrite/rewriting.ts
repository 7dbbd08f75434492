import type { ControlView } from '@sallyport/control'
import type { DecisionPoint } from '@sallyport/rpc'
import type { UpstreamCatalogs } from '../catalog/upstream-catalogs.ts'
import type { SealingRounds } from '../rounds/sealed-state.ts'
import type { ToolHeaders } from '../stateless/tool-headers.ts'
import type { WithIds } from './bound-ids.ts'

/** What it takes to write an answer anew. */
export interface Rewriting extends WithIds, SealingRounds {
  readonly catalog: UpstreamCatalogs
  readonly control: Pick<ControlView, 'offset'>
  /** What is listed is shown by its verdicts. */
  readonly decision: DecisionPoint
  readonly toolHeaders: ToolHeaders
}
