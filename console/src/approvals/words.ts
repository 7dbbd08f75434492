import { outcomeOf as outcomeLines } from '@sallyport/approvals/page/outcome.js'
import type { Approval } from '../api/types.ts'
import { visible } from '../parts/visible.ts'

/** What a status is called. */
export const statusWord = (status: Approval['status']): string => (status === 'consumed' ? 'used' : status)

/** In one sentence what somebody asks for. */
export function askedIn({ gateway, tool, action, upstream }: Approval): string {
  return visible(`${gateway.name} asks to ${tool === null ? 'do' : 'call'} ${tool ?? action} on ${upstream}`)
}

/** What became of it, line by line. */
export function outcomeOf(approval: Approval): readonly string[] {
  return outcomeLines(approval).map(visible)
}
