import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'

/** A message that arrived, whatever was answered. */
export interface ReceivedMessage {
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The body, parsed. */
  readonly event: {
    readonly type: string
    readonly subject: string
    readonly data: Readonly<Record<string, unknown>>
  }
  readonly status: number | 'hung'
}

/** How it answers: with a status and headers, or not at all. */
export type Answer = number | 'hang' | { readonly status: number; readonly headers: Record<string, string> }

export interface WebhookReceiver {
  readonly url: string
  /** In the order of arrival. */
  readonly messages: readonly ReceivedMessage[]
  /** Those that it confirmed. */
  confirmed(): ReceivedMessage[]
  /** From now on; a function is asked for each message. */
  answer(how: Answer | ((message: Omit<ReceivedMessage, 'status'>) => Answer)): void
  /** Throws unless the message was signed with this secret; by the library of Standard Webhooks and not by our code. */
  verify(message: ReceivedMessage, secret: string): void
  /** Takes no connection until `open`. */
  shut(): Promise<void>
  open(): Promise<void>
  close(): Promise<void>
}

/** For tests: a receiver that fails, hangs and comes back as it is told. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const messages: ReceivedMessage[] = []
  let how: (message: Omit<ReceivedMessage, 'status'>) => Answer = () => 204
  let port = 0
  const server = createServer((request, response) => void receive(request, response))

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => undefined)
    if (body === undefined) return
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const message = { id: headers['webhook-id'] ?? '', headers, body, event: JSON.parse(body) }
    const answer = how(message)
    if (answer === 'hang') {
      messages.push({ ...message, status: 'hung' })
      return
    }
    const status = typeof answer === 'number' ? answer : answer.status
    messages.push({ ...message, status })
    response.writeHead(status, typeof answer === 'number' ? {} : answer.headers).end()
  }
  const open = async () => {
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }
  const shut = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  await open()
  return {
    url: `http://127.0.0.1:${port}/hook`,
    messages,
    confirmed: () => messages.filter(({ status }) => typeof status === 'number' && status < 300),
    answer(given) {
      how = typeof given === 'function' ? given : () => given
    },
    verify(message, secret) {
      new Webhook(secret).verify(message.body, { ...message.headers })
    },
    open,
    shut,
    close: shut,
  }
}
