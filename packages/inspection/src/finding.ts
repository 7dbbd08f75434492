export type Severity = 'low' | 'medium' | 'high'

/**
 * What inspection saw, never the secret itself. `kind` is what the marker `[redacted:kind]` says, `rule` the stable
 * id of what matched, `place` a JSON pointer (RFC 6901) into the redacted value.
 */
export interface Finding {
  readonly kind: string
  readonly rule: string
  readonly place: string
  readonly severity: Severity
}

/** The secrets of a stretch of text, and where it ends. */
export interface Secrets {
  readonly spans: readonly Span[]
  readonly end: number
}

/** A stretch of a string, `end` excluded, in UTF-16 units. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly kind: string
  /** `low` where it only stands in a place of secrets, or is one of an example: it is masked and counts for nothing else. */
  readonly severity: Severity
}
