import { shownTime } from '../shown-time.ts'

/** What the API tells around one held call. */
export interface Contexted {
  readonly context?: {
    readonly sentence: string
    readonly next: readonly string[]
    readonly tool: {
      readonly title: string | null
      readonly description: string | null
      readonly status: string
      readonly since: string
    } | null
    readonly similar: {
      readonly approved: number
      readonly denied: number
      readonly unanswered: number
      readonly sameCall: number
      readonly last: { readonly answer: string; readonly by: string; readonly at: string } | null
    }
  }
}

/** Lines for a terminal, each a name and a value that is still to be made printable. */
export function contextLines({ context }: Contexted): [string, string][] {
  if (context === undefined) return []
  const { tool, next } = context
  return [
    ...(tool === null ? [] : toolLines(tool)),
    ['before', similarText(context.similar)],
    ...next.map((line, at): [string, string] => [at === 0 ? 'next' : '', line]),
  ]
}

function toolLines({ description, status, since }: NonNullable<NonNullable<Contexted['context']>['tool']>) {
  const lines: [string, string][] = []
  if (description !== null) lines.push(['tool says', description])
  if (status !== 'accepted') lines.push(['tool is', `${status} since ${shownTime(since)}`])
  return lines
}

function similarText({
  approved,
  denied,
  unanswered,
  sameCall,
  last,
}: NonNullable<Contexted['context']>['similar']) {
  if (approved + denied + unanswered === 0) return 'this agent was never answered about this action'
  const counts = `${approved} approved, ${denied} denied, ${unanswered} unanswered, ${sameCall} with the same arguments`
  const answered = last?.answer === 'approve' ? 'approved' : 'denied'
  return last === null ? counts : `${counts}; last ${answered} by ${last.by} at ${shownTime(last.at)}`
}
