import type { OfferedKind } from '@sallyport/control'

/** The answer of an upstream that the proxy asked once, or the reason why there is none. */
export interface Probe {
  /** Whether it answered in its protocol. */
  readonly answers: boolean
  /** One sentence for people. */
  readonly summary: string
  /** The `SP_…` code of what stood in the way; null where nothing did. */
  readonly code: string | null
  readonly server: { readonly name: string; readonly version: string } | null
  readonly protocolVersion: string | null
  readonly offers: readonly { readonly kind: OfferedKind; readonly count: number }[]
  /** The last lines of the standard error of a command that ended, without secrets. */
  readonly standardError: readonly string[]
  /** Of an API over HTTP, the status that it answers its own address with. */
  readonly status: number | null
}

export const NOTHING_SEEN = {
  code: null,
  server: null,
  protocolVersion: null,
  offers: [],
  standardError: [],
  status: null,
} as const
