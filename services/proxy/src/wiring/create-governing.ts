import { createSecretKey, type KeyObject } from 'node:crypto'
import { ArgumentSeal } from '@sallyport/rpc'
import { deriveKey, newId } from '@sallyport/runtime'
import { Repeats } from '../governing/denials/repeats.ts'
import type { GovernorNeeds } from '../governing/governor.ts'
import { approvalUrl } from '../governing/hold/approval-url.ts'
import { ApprovalWatch } from '../governing/hold/approval-watch.ts'
import { HeldCalls } from '../governing/hold/held-calls.ts'
import type { Recording } from '../governing/record/record-decision.ts'
import type { Reach } from './create-reach.ts'
import type { ProxyDeps } from './proxy-deps.ts'

/** The floor that knows no protocol. All connectors share it, with one governor each. */
export interface Governing extends GovernorNeeds {
  /** The key of the digests by which the record knows arguments. */
  readonly digestKey: KeyObject
  /** The address where a person answers the approval; null where this installation has none. */
  readonly approvalUrl: (approvalId: string) => string | null
}

export function createGoverning(
  deps: ProxyDeps,
  { credentials }: Pick<Reach, 'credentials'>,
  recording: Recording,
): Governing {
  const { config, signals, control, decision, approvals, secret, clock, logger } = deps
  const approvalPage = deps.approvalPage ?? (() => null)
  return {
    decision,
    control,
    clock,
    logger,
    approvals,
    credentials,
    claimant: `proxy/${newId()}`,
    seal: new ArgumentSeal(deriveKey(secret, 'arguments')),
    holds: new HeldCalls(config.hold.maxPerGateway),
    watch: new ApprovalWatch({ approvals, signals, pollMs: config.hold.pollMs }),
    recording,
    repeats: new Repeats(config.denials),
    digestKey: createSecretKey(deriveKey(secret, 'digest')),
    approvalUrl: (id) => approvalUrl(config.hold.approvalUrl, approvalPage, id),
  }
}
