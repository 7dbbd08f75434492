import { setTimeout as delay } from 'node:timers/promises'

/** How a call ended for its agent. `told`: that it is over and was not, or may have been, carried out. */
export type Ending = 'executed' | 'denied' | 'expired' | 'told'

export interface CallStory {
  readonly id: string
  readonly gateway: string
  /** Undefined where the agent ran out of time: the call is lost. */
  readonly ending: Ending | undefined
  /** How often it was sent. */
  readonly sent: number
  /** What the agent was told last. */
  readonly last: string
}

export interface CallTarget {
  readonly url: string
  readonly gateway: string
  readonly token: string
}

/** What an agent reads in a denial (proto/denial.json). */
interface Denial {
  readonly outcome: string
  readonly because: string
  readonly code: string
  readonly retry: string
  readonly retryAfterMs: number | null
  readonly message: string
}

interface Answer {
  readonly result?: {
    readonly isError?: boolean
    readonly structuredContent?: Denial
    readonly content?: readonly { readonly text?: string }[]
  }
  readonly error?: { readonly message: string; readonly data?: Partial<Denial> }
}

const ANSWER_WITHIN_MS = 60_000
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 3000

/**
 * Makes one call as agents do: what is pending, what failed and what got no answer is sent again unchanged, with growing
 * pauses, until it is known what became of it.
 */
export async function makeCall(target: CallTarget, id: string, until: number): Promise<CallStory> {
  let pause = FIRST_PAUSE_MS
  let sent = 0
  let last = 'nothing'
  while (Date.now() < until) {
    sent += 1
    const answer = await send(target, id, sent)
    if ('lost' in answer) last = answer.lost
    else {
      const { ending, said, waitMs } = readingOf(answer, id)
      last = said
      if (ending !== undefined) return { id, gateway: target.gateway, ending, sent, last }
      if (waitMs !== null) pause = Math.max(FIRST_PAUSE_MS, waitMs)
    }
    await delay(pause)
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }
  return { id, gateway: target.gateway, ending: undefined, sent, last }
}

async function send(
  target: CallTarget,
  id: string,
  nth: number,
): Promise<Answer | { readonly lost: string }> {
  try {
    const response = await fetch(target.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${target.token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: nth,
        method: 'tools/call',
        params: { name: 'note', arguments: { id } },
      }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    const text = await response.text()
    const answer = messageIn(text)
    return answer ?? { lost: `${response.status} ${text.slice(0, 200)}` }
  } catch (reason) {
    return { lost: reason instanceof Error ? `${reason.message} ${reason.cause ?? ''}` : String(reason) }
  }
}

/** The answer in a body of JSON, or the last event of a stream. A stream that broke off has none. */
function messageIn(text: string): Answer | undefined {
  const data = text.startsWith('{')
    ? text
    : text
        .match(/^data: (\{.*)$/gm)
        ?.at(-1)
        ?.slice('data: '.length)
  if (data === undefined) return undefined
  try {
    const message = JSON.parse(data) as Answer
    return message.result || message.error ? message : undefined
  } catch {
    return undefined
  }
}

interface Reading {
  readonly ending?: Ending
  readonly said: string
  readonly waitMs: number | null
}

function readingOf({ result, error }: Answer, id: string): Reading {
  const text = error?.message ?? result?.content?.map((part) => part.text ?? '').join('\n') ?? ''
  if (result && !result.isError) {
    const isNoted = text === `noted ${id}`
    return { ...(isNoted && { ending: 'executed' as const }), said: text, waitMs: null }
  }
  const denial = result?.structuredContent ?? error?.data
  const waitMs = denial?.retryAfterMs ?? null
  const said = `${denial?.outcome} ${denial?.because} ${denial?.code} ${denial?.retry}: ${text}`
  if (denial?.outcome === 'expired') return { ending: 'expired', said, waitMs }
  if (denial?.outcome === 'denied' && denial.because === 'person') return { ending: 'denied', said, waitMs }
  if (denial?.retry === 'no') return { ending: 'told', said, waitMs }
  return { said, waitMs }
}
