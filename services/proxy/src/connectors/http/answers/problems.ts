import { denialFacts } from '../../../domain/denial-facts.ts'
import type { Denial } from '../../../domain/denial-shape.ts'
import type { Guidance } from '../../../domain/guidance.ts'
import { CutOff, StreamsFull, UpstreamBusy, type UpstreamFault } from '../../../domain/upstream-faults.ts'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import type { Field } from '../headers/field.ts'
import type { HttpCall } from '../message/http-call.ts'

/** An answer of ours, before it is sent. */
export interface OwnAnswer {
  readonly status: number
  readonly fields: readonly Field[]
  readonly text: string
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  429: 'Too Many Requests',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

const AGAIN_SECONDS = 1

/** The refusal of a request, with its text and, as members, what a program acts on. */
export function denialProblem(call: HttpCall, verdict: ActionVerdict, guidance?: Guidance): OwnAnswer {
  const facts = denialFacts(call, verdict, guidance)
  return problem(statusOf(verdict, facts), { detail: facts.message, ...facts }, facts.retryAfterMs)
}

/** The upstream failed a request that was let through. */
export function upstreamProblem({ actionId, upstream }: HttpCall, fault: UpstreamFault): OwnAnswer {
  const { code, message: detail } = fault
  return problem(faultStatus(fault), { detail, code, upstream: upstream.name, actionId, ...fault.details })
}

/** RFC 9457. */
export function problem(
  status: number,
  members: Readonly<Record<string, unknown>>,
  retryAfterMs: number | null = null,
): OwnAnswer {
  const title = TITLES[status] ?? 'Error'
  const seconds = Math.max(AGAIN_SECONDS, Math.ceil((retryAfterMs ?? 0) / 1000))
  const again: readonly Field[] = status === 429 || status === 503 ? [['retry-after', String(seconds)]] : []
  return {
    status,
    fields: [['content-type', 'application/problem+json'], ['cache-control', 'no-store'], ...again],
    text: JSON.stringify({ type: 'about:blank', title, status, ...members }),
  }
}

function statusOf({ rule, fault }: ActionVerdict, { outcome }: Pick<Denial, 'outcome'>): number {
  if (fault !== null) return 503
  if (outcome === 'paused') return 429
  if (rule === 'limit: body bytes') return 413
  if (rule.startsWith('limit: ')) return 429
  return 403
}

function faultStatus(fault: UpstreamFault): number {
  if (fault.kind === 'timeout') return 504
  if (fault instanceof StreamsFull) return 429
  if (fault instanceof CutOff || fault instanceof UpstreamBusy) return 503
  return 502
}
