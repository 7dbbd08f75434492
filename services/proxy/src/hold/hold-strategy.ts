import type { ProxyConfig } from '../config.ts'
import type { Call } from '../domain/call.ts'
import type { PassedHeaders } from '../domain/upstream-headers.ts'

/**
 * How a caller is kept while a person is asked, and for how long; the wait's end is the same for all: the pending
 * answer. `stream`: an event stream with comments, and progress where a token was given. `silent`: nothing is sent.
 */
export type HoldStrategy =
  | { readonly kind: 'stream'; readonly budgetMs: number; readonly progressToken: string | number | null }
  | { readonly kind: 'silent'; readonly budgetMs: number }

/** Chooses by the request and what is known of its session. A further way of keeping a caller is added here. */
export function chooseHoldStrategy(
  call: Call,
  passed: PassedHeaders,
  config: ProxyConfig['hold'],
): HoldStrategy {
  const { budgetMs, progressBudgetMs } = config
  // The head of an answer to initialize carries the session id, which is not known yet.
  const streams = passed.accept?.includes('text/event-stream') === true && call.method !== 'initialize'
  if (!streams) return { kind: 'silent', budgetMs }
  const { progressToken } = call
  return { kind: 'stream', budgetMs: progressToken === null ? budgetMs : progressBudgetMs, progressToken }
}
