import { newId } from '@sallyport/runtime'
import type { GovernorNeeds } from '../governing/governor.ts'
import { ApprovalWatch } from '../governing/hold/approval-watch.ts'
import { HeldCalls } from '../governing/hold/held-calls.ts'
import { Counters } from '../governing/record/counters.ts'
import { Recorder } from '../governing/record/recorder.ts'
import type { Reach } from './create-reach.ts'
import type { ProxyDeps } from './proxy-deps.ts'

/** The floor that knows no protocol. All connectors share it, with one governor each. */
export function createGoverning(deps: ProxyDeps, { credentials }: Pick<Reach, 'credentials'>): GovernorNeeds {
  const { config, publisher, signals, control, decision, approvals, clock, logger } = deps
  const recorder = new Recorder({ publisher, logger, deadlineMs: config.limits.recordMs })
  return {
    decision,
    control,
    clock,
    logger,
    approvals,
    credentials,
    claimant: `proxy/${newId()}`,
    holds: new HeldCalls(config.hold.maxPerGateway),
    watch: new ApprovalWatch({ approvals, signals, pollMs: config.hold.pollMs }),
    recording: { recorder, counters: new Counters(), clock, logger },
  }
}
