import { printable } from '../output.ts'
import { shownTime } from '../shown-time.ts'
import { type Contexted, contextLines } from './approval-context.ts'
import { type Edited, editLines } from './approval-edit.ts'
import { approvalOutcome } from './approval-outcome.ts'
import { type Staged, stageLines } from './approval-stages.ts'
import { statusWord } from './approval-status.ts'
import { type Granting, grantLines } from './grant-flags.ts'
import type { ShownArguments } from './shown-arguments.ts'

/** An approval as the API tells it. */
export interface Approval extends ShownArguments, Staged, Contexted, Edited, Granting {
  readonly approvalId: string
  readonly callDigest: string
  readonly status: string
  readonly gateway: { readonly name: string } | string
  readonly upstream: string
  readonly action: string
  readonly risk: string
  readonly rule: string
  readonly reasons: readonly string[]
  readonly requestedAt: string
  readonly expiresAt: string
  readonly answeredBy: string | null
  readonly answerReason: string | null
  readonly usableUntil: string | null
  readonly cancellation: { readonly actor: { readonly name: string }; readonly reason: string } | null
  readonly endedAt: string | null
}

export function nameOf({ gateway }: Approval): string {
  return typeof gateway === 'string' ? gateway : gateway.name
}

/** All that is told of a call but its arguments, as printable lines. */
export function factsText(approval: Approval): string {
  const lines: [string, string][] = [
    ['approval', approval.approvalId],
    ['status', statusWord(approval.status)],
    ['gateway', nameOf(approval)],
    ['upstream', approval.upstream],
    ['action', approval.action],
    ['risk', approval.risk],
    ['rule', approval.rule],
    ['requested', shownTime(approval.requestedAt)],
    ['expires', shownTime(approval.expiresAt)],
    ...stageLines(approval),
    ['outcome', approvalOutcome(approval)],
    ...editLines(approval),
    ...grantLines(approval),
    ...contextLines(approval),
  ]
  const facts = lines.map(([name, value]) => `${name.padEnd(12)} ${printable(value)}`)
  const { context } = approval
  const sentence = context === undefined ? [] : [printable(context.sentence)]
  return [...sentence, ...facts].join('\n')
}
