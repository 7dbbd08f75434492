/** Stages, times and fallback of an approval. */
interface ApprovalText {
  readonly stages: string
  readonly answerWithin?: string
  readonly useWithin?: string
  readonly remindAfter?: string
  readonly escalateAfter?: string
  readonly escalateTo?: string
  readonly grants?: string
}

/** A permission as the API tells it. */
export interface PermissionRow {
  readonly id: string
  readonly gateway: string
  /** The upstream's name; null where it is for a kind. */
  readonly upstream: string | null
  readonly connector: string
  readonly action: string
  readonly decision: string
  /** What it asks of an approval, as people write it; null: one vote of anyone who may answer. */
  readonly approval: ApprovalText | null
  readonly origin: string
}

/** On one line: `2 of group:finance, answered within 15m, escalated after 10m to group:managers`. */
export function termsLine(text: ApprovalText): string {
  const { stages, answerWithin, useWithin, remindAfter, escalateAfter, escalateTo, grants } = text
  const parts = [
    stages,
    answerWithin && `answered within ${answerWithin}`,
    useWithin && `used within ${useWithin}`,
    remindAfter && `reminded after ${remindAfter}`,
    escalateAfter && `escalated after ${escalateAfter} to ${escalateTo}`,
    grants && (grants === 'none' ? 'no grants' : `grants of at most ${grants}`),
  ]
  return parts.filter(Boolean).join(', ')
}
