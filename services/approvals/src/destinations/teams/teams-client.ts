import { DestinationFailed, EventRefused } from '@sallyport/delivery'
import { objectIn, vendorFetch } from '../vendor-fetch.ts'
import type { TeamsConfig } from './teams-config.ts'

/** The Bot Connector does not do this, whenever it is asked. */
export class TeamsRefused extends EventRefused {
  readonly status: number
  readonly error: string

  constructor(what: string, status: number, error: string) {
    super(`Teams answered ${what} with ${status} ${error}`)
    this.status = status
    this.error = error
  }
}

/**
 * Calls the Bot Connector. Rejects with `DestinationFailed` where it may succeed later, and with `TeamsRefused` otherwise.
 */
export type CallTeams = (
  method: 'POST' | 'PUT',
  path: string,
  body: object,
  signal?: AbortSignal,
) => Promise<Readonly<Record<string, unknown>>>

export type TeamsClientConfig = Pick<TeamsConfig, 'serviceUrl' | 'loginUrl'> & {
  readonly appId: string
  readonly appSecret: string
  readonly tenantId: string
}

const VENDOR = 'Teams'
const SCOPE = 'https://api.botframework.com/.default'
/** A token is not used in its last minutes. */
const MARGIN_MS = 5 * 60_000
/** The operator can mend these, or time does; beside 429 and 5xx. */
const PASSING = new Set([401, 403, 408, 412])
/** A message that is gone is said as 403 too; that is not to be waited for. */
const GONE = new Set(['MessageNotFound', 'ActivityNotFoundInConversation', 'ConversationNotFound'])

/** https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication, bot to connector. */
export function teamsClient(config: TeamsClientConfig, clock: () => Date): CallTeams {
  const { serviceUrl, loginUrl, appId, appSecret, tenantId } = config
  let token: { readonly text: string; readonly until: number } | undefined

  async function authorization(signal?: AbortSignal): Promise<string> {
    if (token && clock().getTime() < token.until) return `Bearer ${token.text}`
    const call = { vendor: VENDOR, what: 'the request for a token' }
    const url = `${loginUrl}${tenantId}/oauth2/v2.0/token`
    const asked = {
      grant_type: 'client_credentials',
      client_id: appId,
      client_secret: appSecret,
      scope: SCOPE,
    }
    const init = { method: 'POST', body: new URLSearchParams(asked) }
    const response = await vendorFetch(call, url, init, signal)
    const answer = await objectIn(call, response)
    const { access_token: text, expires_in: seconds } = answer
    if (!response.ok || typeof text !== 'string' || typeof seconds !== 'number')
      throw new DestinationFailed(`Teams gave no token: ${response.status} ${String(answer['error'] ?? '')}`)
    token = { text, until: clock().getTime() + seconds * 1000 - MARGIN_MS }
    return `Bearer ${text}`
  }

  return async (method, path, body, signal) => {
    const call = { vendor: VENDOR, what: `${method} of a message` }
    const headers = { authorization: await authorization(signal), 'content-type': 'application/json' }
    const init = { method, headers, body: JSON.stringify(body) }
    const response = await vendorFetch(call, `${withSlash(serviceUrl)}${path}`, init, signal)
    if (response.ok) return objectIn(call, response)
    const error = await codeIn(response)
    if (response.status === 401) token = undefined
    if (PASSING.has(response.status) && !GONE.has(error))
      throw new DestinationFailed(`Teams answered ${call.what} with ${response.status} ${error}`)
    throw new TeamsRefused(call.what, response.status, error)
  }
}

/** Whether the refused message, or all of its conversation, is not there any more. */
export function isGone(reason: unknown): boolean {
  return reason instanceof TeamsRefused && (reason.status === 404 || GONE.has(reason.error))
}

async function codeIn(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { error?: { code?: unknown } }
    return typeof error?.code === 'string' ? error.code.slice(0, 100) : ''
  } catch {
    return ''
  }
}

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`)
