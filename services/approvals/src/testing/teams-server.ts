import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

export const APP_ID = '3fa85f64-5717-4562-b3fc-2c963f66afa6'
export const TENANT_ID = '11111111-2222-3333-4444-555555555555'
export const APP_SECRET = 'made-up'
const SERVICE_URL = 'https://smba.trafficmanager.net/emea/'

interface Posted {
  readonly id: string
  readonly conversation: string
  readonly message: {
    readonly attachments?: readonly { readonly content: { readonly actions: readonly object[] } }[]
    readonly text?: string
  }
}

interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: object
}

/** Answers as the Bot Connector, its tokens and its OpenID metadata are documented, and signs what people click. */
export async function startTeamsServer() {
  const messages = new Map<string, Posted>()
  const calls: { readonly method: string; readonly path: string }[] = []
  const next: Answer[] = []
  let count = 0
  const good = await generateKeyPair('RS256', { extractable: true })
  const webchat = await generateKeyPair('RS256', { extractable: true })
  const stranger = await generateKeyPair('RS256', { extractable: true })
  const keys = [
    { ...(await exportJWK(good.publicKey)), kid: 'good', use: 'sig', endorsements: ['msteams'] },
    { ...(await exportJWK(webchat.publicKey)), kid: 'webchat', use: 'sig', endorsements: ['webchat'] },
  ]

  const answerTo = (method: string, path: string, text: string, token = ''): Answer => {
    if (path.endsWith('/.well-known/openidconfiguration'))
      return { status: 200, body: { issuer: 'https://api.botframework.com', jwks_uri: `${url}/keys` } }
    if (path === '/keys') return { status: 200, body: { keys } }
    if (path === `/${TENANT_ID}/oauth2/v2.0/token`) {
      const asked = new URLSearchParams(text)
      if (asked.get('client_id') !== APP_ID || asked.get('client_secret') !== APP_SECRET)
        return { status: 401, body: { error: 'invalid_client' } }
      return {
        status: 200,
        body: { access_token: 'for-the-connector', expires_in: 3600, token_type: 'Bearer' },
      }
    }
    if (token !== 'Bearer for-the-connector')
      return { status: 401, body: { error: { code: 'Unauthorized' } } }
    calls.push({ method, path })
    const planned = next.shift()
    if (planned) return planned
    const [, conversation = '', id] =
      /^\/teams\/v3\/conversations\/([^/]+)\/activities(?:\/([^/]+))?$/.exec(path) ?? []
    const message = JSON.parse(text)
    if (method === 'POST') {
      count += 1
      const fresh = `17643816000${count}`
      messages.set(fresh, { id: fresh, conversation: decodeURIComponent(conversation), message })
      return { status: 201, body: { id: fresh } }
    }
    const before = messages.get(decodeURIComponent(id ?? ''))
    if (!before) return { status: 404, body: { error: { code: 'ActivityNotFoundInConversation' } } }
    messages.set(before.id, { ...before, message })
    return { status: 200, body: { id: before.id } }
  }

  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const answer = answerTo(request.method ?? '', request.url ?? '/', text, request.headers.authorization)
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(JSON.stringify(answer.body ?? {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  /** A token as the Bot Connector makes it, or one that is wrong in some way. */
  async function token(at: Date, wrong: TokenFaults = {}): Promise<string> {
    const seconds = Math.floor(at.getTime() / 1000)
    const [key, kid] =
      wrong.key === 'stranger'
        ? [stranger.privateKey, 'good']
        : wrong.key === 'webchat'
          ? [webchat.privateKey, 'webchat']
          : [good.privateKey, wrong.kid ?? 'good']
    return new SignJWT({ serviceurl: wrong.serviceUrl ?? SERVICE_URL })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(wrong.issuer ?? 'https://api.botframework.com')
      .setAudience(wrong.audience ?? APP_ID)
      .setNotBefore(seconds)
      .setExpirationTime(seconds + 3600)
      .sign(key)
  }

  return {
    url,
    environment: {
      SALLYPORT_TEAMS_APP_ID: APP_ID,
      SALLYPORT_TEAMS_APP_SECRET: APP_SECRET,
      SALLYPORT_TEAMS_TENANT_ID: TENANT_ID,
      SALLYPORT_TEAMS_SERVICE_URL: `${url}/teams/`,
      SALLYPORT_TEAMS_LOGIN_URL: `${url}/`,
      SALLYPORT_TEAMS_METADATA_URL: `${url}/v1/.well-known/openidconfiguration`,
    },
    calls,
    /** In the order in which they were posted. */
    messages: () => [...messages.values()],
    deleteMessage: (id: string) => messages.delete(id),
    /** The next calls are answered so. */
    answerNext: (...answers: Answer[]) => next.push(...answers),
    token,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export interface TokenFaults {
  readonly key?: 'stranger' | 'webchat'
  readonly kid?: string
  readonly issuer?: string
  readonly audience?: string
  readonly serviceUrl?: string
}

/** A click on a card, as an activity. `shown`: the id of the approval, with the digest behind it as the card has it. */
export function click(verb: 'approve' | 'deny', shown: string, user: string, reason?: string) {
  return {
    type: 'invoke',
    id: `f:${randomUUID()}`,
    name: 'adaptiveCard/action',
    serviceUrl: SERVICE_URL,
    channelId: 'msteams',
    from: { id: '29:made-up', aadObjectId: user, name: 'Somebody' },
    conversation: { id: '19:room@thread.tacv2', tenantId: TENANT_ID },
    channelData: { tenant: { id: TENANT_ID } },
    value: {
      action: { type: 'Action.Execute', verb, data: { shown, ...(reason && { reason }) } },
      trigger: 'manual',
    },
  }
}
