import { BoundedMap, sha256Hex } from '@sallyport/runtime'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { IdempotencyKeyInvalid, IdempotencyMismatch } from './errors.ts'

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const KEY = /^[\x21-\x7e]{1,255}$/
const KEPT_MS = 24 * 60 * 60 * 1000
const MAX_KEPT = 10_000

interface Answer {
  readonly status: number
  readonly contentType: string | undefined
  readonly body: string
}

interface Entry {
  readonly fingerprint: string
  readonly at: number
  /** Null when the request ended without an answer worth repeating. */
  readonly answer: Promise<Answer | null>
  readonly settle: (answer: Answer | null) => void
}

/**
 * A write repeated with the same Idempotency-Key gets the first one's answer, also while that still runs. Kept
 * in memory for a day; after a restart, or on another instance, the key in the event itself keeps the command
 * from taking effect twice. Faults (5xx) are not kept: a caller retries them in earnest.
 */
export function replayRepeatedWrites(server: FastifyInstance, clock: () => Date): void {
  const entries = new BoundedMap<string, Entry>(MAX_KEPT)
  const running = new WeakMap<FastifyRequest, { readonly key: string; readonly entry: Entry }>()

  const forget = (key: string, entry: Entry) => {
    if (entries.get(key) === entry) entries.delete(key)
  }
  const remember = (key: string, request: FastifyRequest) => {
    const { promise, resolve } = Promise.withResolvers<Answer | null>()
    const at = clock().getTime()
    const entry: Entry = { fingerprint: fingerprintOf(request), at, answer: promise, settle: resolve }
    entries.set(key, entry)
    running.set(request, { key, entry })
  }

  server.decorateRequest('idempotencyKey', null)
  server.addHook('preHandler', async (request, reply) => {
    const header = request.headers['idempotency-key']
    if (header === undefined || !WRITES.has(request.method) || request.is404) return
    if (typeof header !== 'string' || !KEY.test(header)) throw new IdempotencyKeyInvalid()
    const key = sha256Hex(JSON.stringify([request.principal.tokenId, header]))
    request.idempotencyKey = key
    for (;;) {
      const known = entries.get(key)
      if (!known || known.at + KEPT_MS <= clock().getTime()) return remember(key, request)
      if (known.fingerprint !== fingerprintOf(request)) throw new IdempotencyMismatch()
      const answer = await known.answer
      if (answer) return replay(reply, answer)
      forget(key, known)
    }
  })
  // Runs also for a caller that has gone: its retry then finds the answer.
  server.addHook('onSend', async (request, reply, payload) => {
    const own = running.get(request)
    if (!own) return payload
    const body = bodyText(payload)
    if (body === undefined || reply.statusCode >= 500 || reply.statusCode === 429) {
      forget(own.key, own.entry)
      own.entry.settle(null)
    } else {
      const contentType = reply.getHeader('content-type')?.toString()
      own.entry.settle({ status: reply.statusCode, contentType, body })
    }
    return payload
  })
}

function replay(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status).header('idempotency-replayed', 'true')
  if (answer.contentType !== undefined) reply.header('content-type', answer.contentType)
  return reply.send(answer.body)
}

function fingerprintOf(request: FastifyRequest): string {
  return sha256Hex(JSON.stringify([request.method, request.url, request.body ?? null]))
}

function bodyText(payload: unknown): string | undefined {
  if (payload === undefined || payload === null) return ''
  if (typeof payload === 'string') return payload
  return Buffer.isBuffer(payload) ? payload.toString('utf8') : undefined
}
