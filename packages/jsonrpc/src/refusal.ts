import { LimitExceeded } from '@sallyport/runtime'
import { BatchRefused, NotJsonRpc, NotStrictJson } from './errors.ts'

/** Why a text was refused, and where: stable words, for records and answers. */
export interface Refusal {
  /** The rule that it breaks, such as `lone-surrogate`; of a limit, its name. */
  readonly rule: string
  /** JSON Pointer (RFC 6901) of what breaks it, shortened; empty for the whole text. */
  readonly place: string
  /** The same for people. */
  readonly text: string
}

/** What a decoder's error says of the text; undefined for any other error. `within` is the place of the text in a larger one. */
export function refusalOf(cause: unknown, within = ''): Refusal | undefined {
  if (cause instanceof NotStrictJson || cause instanceof NotJsonRpc)
    return { rule: cause.rule, place: within + cause.place, text: textOf(cause.what, within + cause.place) }
  if (cause instanceof LimitExceeded)
    return { rule: cause.limit, place: within, text: textOf(cause.message, within) }
  if (cause instanceof BatchRefused) return { rule: 'batch', place: within, text: cause.message }
  return undefined
}

function textOf(what: string, place: string): string {
  return place === '' ? what : `${what} at ${place}`
}
