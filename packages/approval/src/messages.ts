import type { EventOf } from '@sallyport/events'
import type { Approval } from './approval.ts'
import type { Step } from './transitions.ts'

/** A destination that forgets what it said must not fill the memory of everybody. */
const MOST_TOLD = 400
const MOST_LINKS = 400

export function onTold(approval: Approval, { data }: EventOf<'sallyport.approval.told.v1'>): Step {
  const { destination, messages } = data
  const before = approval.told ?? []
  const told = [...before, ...messages.map((message) => ({ destination, ...message }))]
  return { next: { ...approval, told: told.slice(0, MOST_TOLD) } }
}

/** A link opens once: whoever has it besides its person comes too late, or was seen. */
export function onLinkOpened(
  approval: Approval,
  { data, time }: EventOf<'sallyport.approval.link_opened.v1'>,
): Step {
  const { openedLinks = {}, status } = approval
  const before = openedLinks[data.linkId]
  if (before !== undefined) return { rejection: { kind: 'conflict', reason: `it was opened at ${before}` } }
  if (status !== 'pending') return { rejection: { kind: 'conflict', reason: 'the approval is not pending' } }
  if (Object.keys(openedLinks).length >= MOST_LINKS)
    return { rejection: { kind: 'conflict', reason: 'too many links of this approval were opened' } }
  return { next: { ...approval, openedLinks: { ...openedLinks, [data.linkId]: time } } }
}
