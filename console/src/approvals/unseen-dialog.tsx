import type { Seen } from '@sallyport/approvals/page/seen.js'
import { Dialog } from '../parts/dialog.tsx'
import { visible } from '../parts/visible.ts'

interface UnseenDialogProps {
  readonly open: boolean
  readonly places: readonly string[]
  readonly seen: Seen
  readonly onClose: () => void
  readonly onApprove: () => void
}

const MOST_NAMED = 12

/** Names what was not on the screen before it is approved. */
export function UnseenDialog({ open, places, seen, onClose, onApprove }: UnseenDialogProps) {
  function look() {
    onClose()
    const first: Element | null = seen.first() ?? document.querySelector('.parts button.more')
    first?.scrollIntoView({ block: 'center' })
    const part = first?.closest<HTMLElement>('.part') ?? (first instanceof HTMLElement ? first : null)
    part?.setAttribute('tabindex', '-1')
    // After the dialog has given the focus back.
    setTimeout(() => part?.focus({ preventScroll: true }))
  }
  return (
    <Dialog open={open} onClose={onClose} title="You have not seen all of it">
      <p>These parts were not on your screen. They will run with the rest.</p>
      <ul className="places">
        {places.slice(0, MOST_NAMED).map((place) => (
          <li key={place}>{visible(place)}</li>
        ))}
        {places.length > MOST_NAMED && <li>and {places.length - MOST_NAMED} more</li>}
      </ul>
      <div className="buttons">
        <button type="button" className="primary" onClick={look}>
          Show me
        </button>
        <button type="button" className="danger" onClick={onApprove}>
          Approve all the same
        </button>
        <button type="button" className="plain" onClick={onClose}>
          Back
        </button>
      </div>
    </Dialog>
  )
}
