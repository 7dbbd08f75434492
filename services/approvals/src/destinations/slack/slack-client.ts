import { DestinationFailed, EventRefused } from '@sallyport/delivery'
import { objectIn, vendorFetch } from '../vendor-fetch.ts'

/** A method of Slack's Web API answered that it does not do this. */
export class SlackRefused extends EventRefused {
  readonly error: string

  constructor(method: string, error: string) {
    super(`Slack answered ${method} with ${error}`)
    this.error = error
  }
}

export interface SlackAnswer {
  readonly ok: boolean
  readonly error?: string
  readonly ts?: string
  readonly messages?: readonly {
    readonly ts: string
    readonly metadata?: { readonly event_payload?: { readonly approval_id?: unknown } }
  }[]
}

/** Calls a method; rejects with `DestinationFailed` where it may succeed later, and with `SlackRefused` otherwise. */
export type CallSlack = (
  method: string,
  body: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
) => Promise<SlackAnswer>

/** The operator can mend these, so what waits is sent then. */
const MENDED = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
])
const PASSING = new Set([
  'ratelimited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
])
/** Methods that read take no JSON. */
const READS = new Set(['conversations.history'])

export function slackClient(url: string, token: string): CallSlack {
  return async (method, body, signal) => {
    const reads = READS.has(method)
    const query = reads
      ? `?${new URLSearchParams(Object.entries(body).map(([name, value]): [string, string] => [name, String(value)]))}`
      : ''
    const call = { vendor: 'Slack', what: method }
    const init: RequestInit = {
      method: reads ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        ...(reads ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      },
      ...(reads ? {} : { body: JSON.stringify(body) }),
    }
    const response = await vendorFetch(call, `${url}${method}${query}`, init, signal)
    const answer = (await objectIn(call, response)) as unknown as SlackAnswer
    if (answer.ok) return answer
    const error = String(answer.error ?? 'no reason')
    if (PASSING.has(error) || MENDED.has(error))
      throw new DestinationFailed(`Slack answered ${method} with ${error}`)
    throw new SlackRefused(method, error)
  }
}
