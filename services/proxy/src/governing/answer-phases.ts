import type { UpstreamFault } from '../domain/upstream-faults.ts'

/**
 * The step of a phase for one part of an answer: the part passes as it is, goes on changed, waits for a later step, or
 * is refused. A refusal ends the answer.
 */
export type AnswerStep<P> =
  | { readonly step: 'pass' }
  | { readonly step: 'change'; readonly part: P }
  | { readonly step: 'hold'; readonly until: Promise<AnswerStep<P>> }
  | { readonly step: 'refuse'; readonly fault: UpstreamFault }

export const PASS_ANSWER = { step: 'pass' } as const

/**
 * One concern of the way back. It gets each part of an answer in order. The connector says what a part is: a message,
 * an event of a stream or a piece of a body.
 */
export interface AnswerPhase<E, P> {
  readonly name: string
  pass(exchange: E, part: P): AnswerStep<P>
}

/**
 * The part as the agent gets it, after all phases in their order; at once unless one of them holds it. Throws, or
 * rejects with, the fault of the phase that refuses it.
 */
export function passAnswer<E, P>(phases: readonly AnswerPhase<E, P>[], exchange: E, part: P): P | Promise<P> {
  return passFrom(phases, 0, exchange, part)
}

function passFrom<E, P>(
  phases: readonly AnswerPhase<E, P>[],
  first: number,
  exchange: E,
  arrived: P,
): P | Promise<P> {
  let part = arrived
  for (let at = first; at < phases.length; at++) {
    const step = phases[at]?.pass(exchange, part) ?? PASS_ANSWER
    if (step.step === 'hold') {
      const held = part
      return step.until.then((later) => settleHeld(phases, at, exchange, held, later))
    }
    part = after(step, part)
  }
  return part
}

function settleHeld<E, P>(
  phases: readonly AnswerPhase<E, P>[],
  at: number,
  exchange: E,
  held: P,
  later: AnswerStep<P>,
): P | Promise<P> {
  if (later.step === 'hold') return later.until.then((next) => settleHeld(phases, at, exchange, held, next))
  return passFrom(phases, at + 1, exchange, after(later, held))
}

function after<P>(step: Exclude<AnswerStep<P>, { step: 'hold' }>, part: P): P {
  switch (step.step) {
    case 'pass':
      return part
    case 'change':
      return step.part
    case 'refuse':
      throw step.fault
  }
}
