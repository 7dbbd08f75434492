import type { ActionVerdict } from '../domain/verdict.ts'
import type { Exchange } from './exchange.ts'

/** An action on its way in, and the verdict on it so far. */
export interface Passing<E extends Exchange = Exchange> {
  readonly exchange: E
  readonly verdict: ActionVerdict
}

/** The step of a phase for an action: it passes, goes on changed, has to wait for a person, or is refused. */
export type RequestStep<E extends Exchange = Exchange> =
  | { readonly step: 'pass' }
  | { readonly step: 'change'; readonly to: Passing<E> }
  | { readonly step: 'hold'; readonly verdict: ActionVerdict }
  | { readonly step: 'refuse'; readonly verdict: ActionVerdict }

export const PASS_REQUEST = { step: 'pass' } as const

/** One concern of the way in, between the decision and its record. */
export interface RequestPhase<E extends Exchange = Exchange> {
  readonly name: string
  pass(passing: Passing<E>): RequestStep<E> | Promise<RequestStep<E>>
}

/** The state of the action after all phases in their order. A refusal ends the way: no later phase sees it. */
export async function passRequest<E extends Exchange>(
  phases: readonly RequestPhase<E>[],
  arrived: Passing<E>,
): Promise<Passing<E>> {
  let passing = arrived
  for (const phase of phases) {
    if (passing.verdict.outcome === 'deny') return passing
    const stepping = phase.pass(passing)
    passing = after(stepping instanceof Promise ? await stepping : stepping, passing)
  }
  return passing
}

function after<E extends Exchange>(step: RequestStep<E>, passing: Passing<E>): Passing<E> {
  switch (step.step) {
    case 'pass':
      return passing
    case 'change':
      return step.to
    case 'hold':
    case 'refuse':
      return { exchange: passing.exchange, verdict: step.verdict }
  }
}
