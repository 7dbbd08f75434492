import type { KeyObject } from 'node:crypto'
import type { Governor } from '../../governing/governor.ts'
import { inspectAction } from '../../governing/inspect-action.ts'
import type { RequestBody } from './body/request-body.ts'
import type { HttpExchange } from './exchange/http-exchange.ts'
import type { HttpReply } from './exchange/http-reply.ts'
import type { HttpCall } from './message/http-call.ts'

export interface HttpWayNeeds {
  readonly governor: Governor<HttpExchange>
  readonly digestKey: KeyObject
}

/** Where requests over HTTP begin their way. */
export class HttpWay {
  readonly #needs: HttpWayNeeds

  constructor(needs: HttpWayNeeds) {
    this.#needs = needs
  }

  /** `answer` gets the answer. `body` is null for a request without a body. */
  take(call: HttpCall, answer: HttpReply, body: RequestBody | null): Promise<void> {
    const { governor, digestKey } = this.#needs
    return governor.govern({ call, answer, body, evidence: inspectAction(call, digestKey) })
  }
}
