import { shownTime } from '../shown-time.ts'

export interface StageRow {
  readonly need: number
  readonly of: string
  readonly have: number
  readonly voters: readonly string[]
  readonly open: boolean
}

/** The part of an approval that says whose votes it takes, and its clocks. A fixture of one vote has none of it. */
export interface Staged {
  readonly stages?: readonly StageRow[] | null
  readonly fallback?: string | null
  readonly remindAt?: string | null
  readonly remindedAt?: string | null
  readonly escalateAt?: string | null
  readonly escalatedAt?: string | null
  readonly unanswerable?: string | null
  readonly youMay?: { readonly answer: boolean; readonly why: string | null; readonly deny?: boolean }
  readonly comments?: readonly { readonly by: string; readonly text: string }[]
  readonly advice?: readonly {
    readonly name: string
    readonly vote: string
    readonly reason: string | null
  }[]
}

/** `2 of group:finance (ann), then 1 of group:security`; empty for one vote of anyone. */
export function stagesText(approval: Staged): string {
  const stages = approval.stages ?? []
  if (isPlain(stages)) return ''
  return stages
    .map(({ need, of, voters }) => `${need} of ${of}${voters.length > 0 ? ` (${voters.join(', ')})` : ''}`)
    .join(', then ')
}

/** Those whose votes to approve count, in their order: `ann, ben and sue`. Empty without any. */
export function votersText({ stages }: Staged): string {
  const names = (stages ?? []).flatMap(({ voters }) => voters)
  const last = names.pop() ?? ''
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`
}

/** The lines of `approvals show`, each with its name. */
export function stageLines(approval: Staged & { readonly status: string }): [string, string][] {
  const { advice = [], comments = [], status, youMay, unanswerable } = approval
  const stages = approval.stages ?? []
  const lines: [string, string][] = isPlain(stages)
    ? []
    : stages.map((stage, index) => [`stage ${index + 1}`, stageText(stage)])
  if (status === 'pending') lines.push(...clockLines(approval))
  for (const { by, text } of comments) lines.push(['comment', `${by}: ${text}`])
  for (const { name, vote, reason } of advice)
    lines.push(['advice', `${name}: ${vote}${reason === null ? '' : ` (${reason})`}`])
  if (unanswerable) lines.push(['nobody', `can approve it as things are: ${unanswerable}`])
  if (status === 'pending' && youMay?.why) lines.push(['your vote', `does not count: ${youMay.why}`])
  return lines
}

function stageText({ need, of, have, voters, open }: StageRow): string {
  const names = voters.length > 0 ? ` (${voters.join(', ')})` : ''
  return `${need} of ${of}: ${have} of ${need} votes${names}${open ? ', open' : ''}`
}

function clockLines({ remindAt, remindedAt, escalateAt, escalatedAt, fallback }: Staged): [string, string][] {
  const lines: [string, string][] = []
  if (remindedAt) lines.push(['reminded', shownTime(remindedAt)])
  else if (remindAt) lines.push(['reminds', shownTime(remindAt)])
  if (escalatedAt) lines.push(['escalated', `${shownTime(escalatedAt)}, to ${fallback}`])
  else if (escalateAt) lines.push(['escalates', `${shownTime(escalateAt)}, to ${fallback}`])
  return lines
}

function isPlain(stages: readonly StageRow[]): boolean {
  const [first] = stages
  return first === undefined || (stages.length === 1 && first.need === 1 && first.of === 'anyone')
}
