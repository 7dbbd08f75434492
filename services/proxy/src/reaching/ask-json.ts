import { decodeJson, isJsonObject, type JsonObject, withoutMark } from '@sallyport/jsonrpc'
import { isPlainElsewhere, SallyportError } from '@sallyport/runtime'
import { type Dispatcher, request } from 'undici'

const TIMEOUT_MS = 10_000
const MAX_BYTES = 256 * 1024

export interface JsonQuestion {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs?: number
}

export interface JsonAnswer {
  readonly status: number
  /** Null when the body is not a JSON object, or can be read in two ways. */
  readonly body: JsonObject | null
}

/** A small request to an authorization server or for an upstream's metadata got no readable answer in time. */
export class PeerUnreadable extends SallyportError {
  constructor(what: string, options?: ErrorOptions) {
    super(
      'SP_AUTHORIZATION_PEER',
      'unavailable',
      `an authorization server or metadata endpoint ${what}`,
      options,
    )
  }
}

/**
 * One small JSON document from elsewhere: in a limited time and size, never by a redirect, and over TLS unless it is
 * on this machine. Throws PeerUnreadable.
 */
export async function askJson(url: string, question: JsonQuestion = {}): Promise<JsonAnswer> {
  if (!isProtected(url)) throw new PeerUnreadable('is not at an https address')
  const signal = AbortSignal.timeout(question.timeoutMs ?? TIMEOUT_MS)
  try {
    const answer = await request(url, {
      method: question.method ?? 'GET',
      headers: { accept: 'application/json', 'user-agent': 'sallyport/0.1.0', ...question.headers },
      body: question.body ?? null,
      signal,
    })
    return { status: answer.statusCode, body: objectOf(await bytesOf(answer.body)) }
  } catch (cause) {
    if (cause instanceof PeerUnreadable) throw cause
    throw new PeerUnreadable('does not answer', { cause })
  }
}

/** Whether nobody on the way can read along or answer instead. */
export function isProtected(url: string): boolean {
  if (!URL.canParse(url)) return false
  return /^https?:/i.test(url) && !isPlainElsewhere(url)
}

async function bytesOf(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    // Leaving the loop closes the connection.
    if (size > MAX_BYTES) throw new PeerUnreadable(`answers with more than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function objectOf(bytes: Buffer): JsonObject | null {
  try {
    const { value } = decodeJson(withoutMark(bytes), { maxBytes: MAX_BYTES, prototypeKeys: true })
    return isJsonObject(value) ? value : null
  } catch {
    return null
  }
}
