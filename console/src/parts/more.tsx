interface MoreProps {
  readonly has: boolean
  readonly busy: boolean
  readonly what: string
  readonly onMore: () => void
}

/** The next page of a list, where there is one. */
export function More({ has, busy, what, onMore }: MoreProps) {
  if (!has) return null
  return (
    <button type="button" className="more" disabled={busy} onClick={onMore}>
      {what}
    </button>
  )
}
