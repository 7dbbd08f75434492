import {
  apiListenSpec,
  type ConfigOf,
  fleetSpec,
  grpcListenSpec,
  natsSpec,
  processPeersSpec,
  variables,
} from '@sallyport/runtime'
import { destinationsSpec } from './destinations/destinations-config.ts'

/** What holds for every approval, in any composition. */
export const approvalTermsSpec = {
  approvals: {
    expiresMs: variables.integer(
      'SALLYPORT_APPROVAL_EXPIRES_MS',
      'How long a held call waits for an answer before its approval expires',
      { fallback: '900000', min: 1000 },
    ),
    usableMs: variables.integer(
      'SALLYPORT_APPROVAL_USABLE_MS',
      'How long an approved call may be made before its approval lapses',
      { fallback: '600000', min: 1000 },
    ),
    maxOpenPerGateway: variables.integer(
      'SALLYPORT_APPROVAL_MAX_OPEN',
      'How many calls of one gateway may wait for a person at once',
      { fallback: '1000', min: 1 },
    ),
    grantUsualMs: variables.integer(
      'SALLYPORT_GRANT_USUAL_MS',
      'How long a grant lasts where its approver says nothing',
      { fallback: '3600000', min: 1000 },
    ),
    grantMaxMs: variables.integer(
      'SALLYPORT_GRANT_MAX_MS',
      'How long a grant may last at most; 0 allows none',
      { fallback: '86400000', min: 0 },
    ),
  },
} as const

/** What the approvals process of a fleet reads. */
export const approvalsSpec = {
  ...fleetSpec,
  ...natsSpec,
  ...processPeersSpec,
  api: {
    ...apiListenSpec.api,
    listen: { ...apiListenSpec.api.listen, fallback: '127.0.0.1:8084' },
  },
  grpc: {
    ...grpcListenSpec.grpc,
    listen: { ...grpcListenSpec.grpc.listen, fallback: '127.0.0.1:8083' },
  },
  ...approvalTermsSpec,
  ...destinationsSpec,
} as const

export type ApprovalsConfig = ConfigOf<typeof approvalsSpec>
