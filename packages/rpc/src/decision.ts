export type Outcome = 'allow' | 'deny' | 'hold'
export type Risk = 'low' | 'medium' | 'high'

/** One action to be judged. `connector` is the upstream's kind, `upstream` its registered name. */
export interface DecideRequest {
  readonly tenant: string
  readonly gatewayId: string
  readonly gateway: string
  readonly connector: string
  readonly upstream: string
  readonly action: string
}

/** The verdict; `fault` is an `SP_…` code when a denial is a fault of ours and not a judgement. */
export interface Decision {
  readonly outcome: Outcome
  readonly rule: string
  readonly reasons: readonly string[]
  readonly risk: Risk
  readonly policyVersion: string
  readonly fault: string | null
}

/**
 * The decision service as its callers see it, in process or over gRPC. `decide` always resolves: what goes wrong
 * (no answer in time, no instance, an unreadable answer) is a deny with a fault.
 */
export interface DecisionPoint {
  decide(request: DecideRequest): Promise<Decision> | Decision
}
