import { nameOf } from '../commands/approval-description.ts'
import { statusWord } from '../commands/approval-status.ts'
import { printable } from '../output.ts'
import { AROUND, type Size, type WatchedApprovals } from './watched-approvals.ts'
import { fit } from './wrap.ts'

const READING = 'n/p next/previous  space/b read  a approve  d deny  r reveal  q quit'

/** The whole screen: what it is, the call as far as it fits, what is to be said, and the keys. */
export function frameOf(watched: WatchedApprovals, { columns, rows }: Size): string[] {
  const body = watched.lines()
  const filled = [...body, ...Array.from({ length: Math.max(0, rows - AROUND - body.length) }, () => '')]
  return [headOf(watched), ...filled, noteOf(watched), keysOf(watched, columns)]
    .map((line) => fit(line, columns))
    .slice(0, rows)
}

function headOf({ approval, place }: WatchedApprovals): string {
  const waits =
    place.of === 0 ? 'nothing waits' : `${place.of} ${place.of === 1 ? 'call waits' : 'calls wait'}`
  if (approval === undefined) return `sallyport: ${waits}`
  const where = place.nth === 0 ? statusWord(approval.status) : `${place.nth} of ${place.of}`
  return printable(
    `sallyport: ${waits} | ${where} | ${nameOf(approval)}: ${approval.action} | ${approval.risk} risk`,
  )
}

function noteOf(watched: WatchedApprovals): string {
  if (watched.note !== '') return printable(watched.note)
  const { approval } = watched
  if (approval === undefined) return ''
  if (approval.status !== 'pending') return printable(`it is ${statusWord(approval.status)}; n for the next`)
  const below = watched.below()
  const unseen = watched.unseen()
  const more = below === 0 ? 'the end' : `${below} more lines`
  return unseen === 0 ? `${more}; all of it was on the screen` : `${more}; not on the screen yet: ${unseen}`
}

/** Of a long reason the end stands, where it is typed. */
function keysOf({ mode }: WatchedApprovals, columns: number): string {
  switch (mode.is) {
    case 'reading':
      return READING
    case 'approving':
      return mode.unseen.length === 0
        ? 'Approve this exact call, once? y, or any other key'
        : `Approve it although ${mode.unseen.length} of its parts were not on the screen? y, or any other key`
    case 'denying': {
      const label = 'Reason (Enter denies, Esc goes back): '
      const room = Math.max(8, columns - label.length - 1)
      const reason = [...printable(mode.reason)]
      return `${label}${reason.slice(Math.max(0, reason.length - room)).join('')}_`
    }
  }
}
