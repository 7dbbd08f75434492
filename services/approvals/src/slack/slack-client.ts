import { DestinationFailed, EventRefused } from '@sallyport/delivery'
import { messageOf } from '@sallyport/runtime'

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

const ANSWER_MS = 10_000
const LONGEST_WAIT_MS = 60 * 60 * 1000
const LONGEST_ANSWER = 4 * 1024 * 1024
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
  return async (method, body, signal = AbortSignal.timeout(ANSWER_MS)) => {
    const reads = READS.has(method)
    const query = reads
      ? `?${new URLSearchParams(Object.entries(body).map(([name, value]): [string, string] => [name, String(value)]))}`
      : ''
    const response = await fetch(`${url}${method}${query}`, {
      method: reads ? 'GET' : 'POST',
      redirect: 'error',
      headers: {
        authorization: `Bearer ${token}`,
        ...(reads ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      },
      ...(reads ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    }).catch((cause: unknown) => {
      throw new DestinationFailed(`Slack cannot be reached: ${messageOf(cause)}`, { cause })
    })
    if (response.status === 429 || response.status >= 500) throw troubled(method, response)
    const answer = await answerOf(method, response)
    if (answer.ok) return answer
    const error = String(answer.error ?? 'no reason')
    if (PASSING.has(error) || MENDED.has(error))
      throw new DestinationFailed(`Slack answered ${method} with ${error}`)
    throw new SlackRefused(method, error)
  }
}

function troubled(method: string, { status, headers }: Response): DestinationFailed {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  const asked =
    Number.isFinite(seconds) && seconds >= 0
      ? { retryAfterMs: Math.min(seconds * 1000, LONGEST_WAIT_MS) }
      : {}
  return new DestinationFailed(`Slack answered ${method} with ${status}`, asked)
}

async function answerOf(method: string, response: Response): Promise<SlackAnswer> {
  try {
    const text = await response.text()
    if (text.length > LONGEST_ANSWER) throw new Error('it is too long')
    const answer: unknown = JSON.parse(text)
    if (typeof answer !== 'object' || answer === null) throw new Error('it is not an object')
    return answer as SlackAnswer
  } catch (cause) {
    throw new DestinationFailed(`the answer of Slack to ${method} cannot be read`, { cause })
  }
}
