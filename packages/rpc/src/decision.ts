import type { DecisionInput, Verdict } from '@sallyport/policy'

/**
 * The decision service as its callers see it, in process or over gRPC. It always answers: what goes wrong (no answer
 * in time, no instance, an unreadable answer) is a deny with a fault.
 */
export interface DecisionPoint {
  decide(input: DecisionInput): Promise<Verdict> | Verdict
  /** One verdict for each input, in their order, all by the same state of the rules. */
  decideMany(inputs: readonly DecisionInput[]): Promise<readonly Verdict[]> | readonly Verdict[]
}

/** A point that answers a list by answering each of it, from how it answers one. */
export function oneByOne(decide: DecisionPoint['decide']): DecisionPoint {
  return { decide, decideMany: (inputs) => Promise.all(inputs.map(decide)) }
}
