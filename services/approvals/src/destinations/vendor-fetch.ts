import { DestinationFailed } from '@sallyport/delivery'
import { messageOf } from '@sallyport/runtime'

const ANSWER_MS = 10_000
const LONGEST_WAIT_MS = 60 * 60 * 1000
const LONGEST_ANSWER = 4 * 1024 * 1024

/** Who is called and for what, as a refusal names it. */
export interface VendorCall {
  readonly vendor: string
  readonly what: string
}

/**
 * Calls a vendor's API. Rejects with `DestinationFailed` where it cannot be reached, is in trouble (5xx) or asks for
 * patience (429, as long as `Retry-After` says).
 */
export async function vendorFetch(
  { vendor, what }: VendorCall,
  url: string,
  init: RequestInit,
  signal?: AbortSignal,
): Promise<Response> {
  const late = AbortSignal.timeout(ANSWER_MS)
  const response = await fetch(url, {
    ...init,
    redirect: 'error',
    signal: signal ? AbortSignal.any([signal, late]) : late,
  }).catch((cause: unknown) => {
    throw new DestinationFailed(`${vendor} cannot be reached: ${messageOf(cause)}`, { cause })
  })
  if (response.status === 429 || response.status >= 500)
    throw new DestinationFailed(`${vendor} answered ${what} with ${response.status}`, patienceOf(response))
  return response
}

function patienceOf({ headers }: Response): { readonly retryAfterMs?: number } {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  if (!Number.isFinite(seconds) || seconds < 0) return {}
  return { retryAfterMs: Math.min(seconds * 1000, LONGEST_WAIT_MS) }
}

/** The JSON object of an answer. Rejects with `DestinationFailed` where it is none. */
export async function objectIn(
  { vendor, what }: VendorCall,
  response: Response,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    const text = await response.text()
    if (text.length > LONGEST_ANSWER) throw new Error('it is too long')
    const answer: unknown = JSON.parse(text)
    if (typeof answer !== 'object' || answer === null) throw new Error('it is not an object')
    return answer as Readonly<Record<string, unknown>>
  } catch (cause) {
    throw new DestinationFailed(`the answer of ${vendor} to ${what} cannot be read`, { cause })
  }
}
