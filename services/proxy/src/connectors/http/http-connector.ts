import type { Connector, Offers } from '../../governing/connector.ts'
import { answerDenied } from './answers/answer-denied.ts'
import { otherMethods } from './answers/other-methods.ts'
import type { HttpExchange } from './exchange/http-exchange.ts'
import { forward, type HttpForwardingNeeds } from './forwarding/forward.ts'
import { type HttpPhasesNeeds, httpPhases } from './hold/http-phases.ts'
import { type HttpKeeping, PollRung } from './hold/poll-rung.ts'

export interface HttpConnectorNeeds {
  readonly settling: HttpPhasesNeeds
  readonly keeping: HttpKeeping
  readonly forwarding: HttpForwardingNeeds
}

/** An API over HTTP offers nothing that it lists: its methods are known. */
const NOTHING: Offers<HttpExchange> = {
  used: () => null,
  changing: () => undefined,
  read: async () => ({ fault: null, refused: null }),
  definition: async () => ({ known: true, digest: null }),
}

/** Requests over HTTP, whatever API they are for. */
export function httpConnector({
  settling,
  keeping,
  forwarding,
}: HttpConnectorNeeds): Connector<HttpExchange> {
  return {
    offers: NOTHING,
    phases: httpPhases(settling),
    candidates: ({ call }, asked) => ({ instead: otherMethods(call, asked), ask: null }),
    refuse: answerDenied,
    cannotWait: () => undefined,
    keep: (exchange, waiting) => new PollRung(keeping, exchange, waiting),
    askedBefore: () => null,
    forward(released) {
      keeping.told.forget(released.exchange)
      forward(forwarding, released)
    },
  }
}
