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
    readonly actsFor: {
      readonly issuer: string
      readonly subject: string
      readonly person: string | null
    } | null
    readonly session: {
      readonly actions: readonly Earlier[]
      readonly more: number
      readonly limits: string
    } | null
  }
}

interface Earlier {
  readonly at: string
  readonly upstream: string
  readonly action: string
  readonly verdict: string
  readonly outcome: string | null
}

type Context = NonNullable<Contexted['context']>

/** Lines for a terminal, each a name and a value that is still to be made printable. */
export function contextLines({ context }: Contexted): [string, string][] {
  if (context === undefined) return []
  const { tool, next, actsFor, session } = context
  return [
    ...(actsFor === null ? [] : [['acts for', actsForText(actsFor)] as [string, string]]),
    ...(session === null ? [] : sessionLines(session)),
    ...(tool === null ? [] : toolLines(tool)),
    ['before', similarText(context.similar)],
    ...next.map((line, at): [string, string] => [at === 0 ? 'next' : '', line]),
  ]
}

function actsForText({ issuer, subject, person }: NonNullable<Context['actsFor']>): string {
  const identity = `${subject} of ${issuer}`
  return person === null ? identity : `${person} (${identity})`
}

/** The oldest first, as the session went. */
function sessionLines({ actions, more, limits }: NonNullable<Context['session']>): [string, string][] {
  const lines = actions.map(
    ({ at, upstream, action, verdict, outcome }) =>
      `${shownTime(at)}  ${action} on ${upstream}: ${verdict}${outcome === null ? '' : `, ${outcome}`}`,
  )
  const all = [
    ...(more > 0 ? [`${more} earlier`] : []),
    ...(lines.length === 0 ? ['nothing before this call'] : lines),
    limits,
  ]
  return all.map((line, at) => [at === 0 ? 'session' : '', line])
}

function toolLines({ description, status, since }: NonNullable<Context['tool']>) {
  const lines: [string, string][] = []
  if (description !== null) lines.push(['tool says', description])
  if (status !== 'accepted') lines.push(['tool is', `${status} since ${shownTime(since)}`])
  return lines
}

function similarText({ approved, denied, unanswered, sameCall, last }: Context['similar']) {
  if (approved + denied + unanswered === 0) return 'this agent was never answered about this action'
  const counts = `${approved} approved, ${denied} denied, ${unanswered} unanswered, ${sameCall} with the same arguments`
  const answered = last?.answer === 'approve' ? 'approved' : 'denied'
  return last === null ? counts : `${counts}; last ${answered} by ${last.by} at ${shownTime(last.at)}`
}
