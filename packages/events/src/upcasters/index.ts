import { approvalRequestedV1 } from './approval-requested-v1.ts'
import { approvalVotedV1 } from './approval-voted-v1.ts'
import { killSwitchSetV1 } from './kill-switch-set-v1.ts'
import { permissionSetV1 } from './permission-set-v1.ts'
import { permissionSetV2 } from './permission-set-v2.ts'
import { permissionSetV3 } from './permission-set-v3.ts'
import { tokenIssuedV1 } from './token-issued-v1.ts'
import type { Upcaster } from './upcaster.ts'

/** Every version that is not written any more, by its type. A new one gets a file of its own, and a line here. */
export const UPCASTERS: ReadonlyMap<string, Upcaster> = byType([
  approvalRequestedV1,
  approvalVotedV1,
  killSwitchSetV1,
  permissionSetV1,
  permissionSetV2,
  tokenIssuedV1,
  permissionSetV3,
])

function byType(upcasters: readonly Upcaster[]): ReadonlyMap<string, Upcaster> {
  return new Map(upcasters.map((one) => [one.type, one]))
}
