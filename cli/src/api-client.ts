import { randomUUID } from 'node:crypto'
import { parseExactly } from '@sallyport/jsonrpc'
import { createParser } from 'eventsource-parser'
import type { Connection } from './connection.ts'
import { ApiProblem, NotTheApi, type Problem, Unreachable } from './errors.ts'
import { refusePlainText } from './refuse-plain-text.ts'

export type Query = Readonly<Record<string, string | number | undefined>>

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

/** The HTTP API as commands use it. Every call rejects with `ApiProblem` or `Unreachable`. */
export interface ApiClient {
  get<T>(path: string, query?: Query): Promise<T>
  write<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>
  /** Each approval or item of a stream of server-sent events, parsed; ends with the signal or when the server ends it. */
  stream<T>(path: string, query: Query, signal: AbortSignal): AsyncIterable<T>
}

/** The events that carry one; others say something of the stream itself. */
const THINGS: ReadonlySet<string> = new Set(['approval', 'item'])

/**
 * Reading ends with the signal; a write is let finish, so that nobody wonders whether it happened. Throws where the token
 * would go to another host in plain text.
 */
export function apiClient(connection: Connection, interrupted?: AbortSignal): ApiClient {
  refusePlainText(connection.url, connection.insecure)
  const request = async (method: string, path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = {
      authorization: `Bearer ${connection.token}`,
      accept: 'application/json',
      ...init.headers,
    }
    const response = await fetch(connection.url + path, {
      ...init,
      method,
      headers,
      redirect: 'error',
    }).catch((cause: unknown) => {
      if (init.signal?.aborted) throw cause
      throw new Unreachable(connection.url, { cause })
    })
    if (!response.ok) throw await refusalOf(response, connection.url)
    return response
  }

  return {
    async get<T>(path: string, query: Query = {}): Promise<T> {
      const init = interrupted ? { signal: interrupted } : {}
      return parsed(await request('GET', path + queryText(query), init), connection.url)
    },
    async write<T>(method: string, path: string, body?: unknown): Promise<T> {
      const headers: Record<string, string> = { 'idempotency-key': randomUUID() }
      if (body !== undefined) headers['content-type'] = 'application/json'
      const response = await request(method, path, {
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return response.status === 204 ? (undefined as T) : parsed(response, connection.url)
    },
    async *stream<T>(path: string, query: Query, signal: AbortSignal) {
      const response = await request('GET', path + queryText(query), {
        signal,
        headers: { accept: 'text/event-stream' },
      })
      const ready: T[] = []
      const parser = createParser({
        onEvent({ event = '', data }) {
          if (THINGS.has(event)) ready.push(parseExactly(data) as T)
        },
      })
      const decoder = new TextDecoder()
      try {
        for await (const chunk of response.body ?? []) {
          parser.feed(decoder.decode(chunk, { stream: true }))
          yield* ready.splice(0)
        }
      } catch (cause) {
        if (!signal.aborted) throw new Unreachable(connection.url, { cause })
      }
    },
  }
}

/** With the numbers as they came: arguments of calls are shown and printed as they are. */
async function parsed<T>(response: Response, url: string): Promise<T> {
  const text = await response.text()
  try {
    return parseExactly(text) as T
  } catch (cause) {
    throw new NotTheApi(url, 'something else', { cause })
  }
}

function queryText(query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.set(name, String(value))
  return parameters.size > 0 ? `?${parameters}` : ''
}

/** The codes by which the port of agents, and the API at a path that it does not have, refuse a request of the API. */
const OF_THE_PROXY = 'SP_UPSTREAM_UNKNOWN'
const OF_NO_ROUTE = 'there is nothing at this address'

async function refusalOf(response: Response, url: string): Promise<ApiProblem | NotTheApi> {
  const problem = await problemOf(response)
  if (problem?.code === OF_THE_PROXY) return new NotTheApi(url, 'the proxy')
  if (problem === undefined || problem.detail === OF_NO_ROUTE) return new NotTheApi(url, 'something else')
  return new ApiProblem(problem)
}

/** Undefined where the answer is not one of the API's. */
async function problemOf(response: Response): Promise<Problem | undefined> {
  const fallback = { type: 'about:blank', title: response.statusText, status: response.status }
  try {
    const told = (await response.json()) as Partial<Problem> | null
    return { ...fallback, ...told }
  } catch {
    // A load balancer in front of the API answers so while nothing behind it does.
    return response.status < 500
      ? undefined
      : { ...fallback, title: response.statusText || 'The API refused' }
  }
}
