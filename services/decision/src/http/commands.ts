import type { ControlEventType, ControlOutcome, ControlState, SubmitControl } from '@sallyport/control'
import type { DataOf } from '@sallyport/events'
import { actorOf, Conflict, IdempotencyMismatch, NotFound } from '@sallyport/http-api'
import { sha256Hex } from '@sallyport/runtime'
import type { FastifyRequest } from 'fastify'
import { missingIn } from './missing.ts'

/** What the routes work with: the state to read, and the way to change it. */
export interface Commands {
  state(): ControlState
  /**
   * Appends the command in the name of the request's principal and answers with the subject it took effect on: its
   * own, or that of the first command with the same idempotency key. Where one request makes several commands, each but
   * the first is named as its `part`. Throws `Conflict` or `NotFound` as it folds.
   */
  run<T extends ControlEventType>(
    request: FastifyRequest,
    type: T,
    subject: string,
    data: Omit<DataOf<T>, 'actor' | 'idempotencyKey'>,
    part?: string,
  ): Promise<Accepted>
}

export type Accepted = Extract<ControlOutcome, { accepted: true }>

export function commandsOf(state: () => ControlState, submit: SubmitControl): Commands {
  return {
    state,
    async run<T extends ControlEventType>(
      request: FastifyRequest,
      type: T,
      subject: string,
      data: Omit<DataOf<T>, 'actor' | 'idempotencyKey'>,
      part?: string,
    ) {
      const { principal } = request
      const idempotencyKey = keyOfPart(request.idempotencyKey, part)
      const actor = actorOf(principal)
      const outcome = await submit(type, subject, { ...data, actor, idempotencyKey } as unknown as DataOf<T>)
      if (outcome.accepted) return outcome
      if (outcome.kind === 'not_found') throw missingIn(state(), type, data) ?? new NotFound(outcome.reason)
      if (outcome.kind === 'mismatch') throw new IdempotencyMismatch()
      throw new Conflict(outcome.reason)
    },
  }
}

function keyOfPart(key: string | null, part: string | undefined): string | null {
  return key === null || part === undefined ? key : sha256Hex(`${key} ${part}`)
}

/** What a write made, which the fold has just accepted. */
export function made<T>(thing: T | undefined): T {
  if (thing === undefined) throw new NotFound('it was made, and removed since')
  return thing
}
