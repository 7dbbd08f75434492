import { markdownTable } from '../bench/table.ts'
import type { Troubles } from './trouble.ts'
import type { Evidence, Verdict } from './verdict.ts'

export interface Story {
  readonly evidence: Evidence
  readonly verdict: Verdict
  readonly troubles: Troubles
  /** Milliseconds. */
  readonly took: number
}

/** What happened, as tables. */
export function storyTable({
  evidence: { stories, executions, log, lists },
  verdict,
  troubles,
  took,
}: Story): string {
  const count = (all: Iterable<unknown>) => String([...all].length)
  const endings = ['executed', 'denied', 'expired', 'told'] as const
  const used = [...log.folded.values()].filter(({ status }) => status === 'consumed').length
  const sent = stories.reduce((sum, story) => sum + story.sent, 0)
  const requested = log.approvals.filter(({ event }) => event.type === 'sallyport.approval.requested.v2')
  const unsure = stories.filter(({ id, ending }) => ending !== 'executed' && executions.has(id))
  const rows = [
    ['calls', count(stories)],
    ['  sent, with repetitions', String(sent)],
    ...endings.map((ending) => [
      `  their agents know: ${ending}`,
      count(stories.filter((story) => story.ending === ending)),
    ]),
    ['carried out by the upstream', count(executions.keys())],
    ['  of it, their agents were told otherwise', count(unsure)],
    ['used approvals that were not carried out', String(used - executions.size)],
    ['events: asked for a person', count(requested)],
    ['approvals kept', `${log.folded.size}, ${used} of them used`],
    ['instances that list exactly these', count(lists)],
    ['executed twice', count(verdict.executedTwice)],
    ['without a complete approval', count(verdict.withoutApproval)],
    ['lost', count(verdict.lost)],
    ['minutes', (took / 60_000).toFixed(1)],
  ]
  const troubled = [...troubles].map(([name, { killed, paused }]) => [name, String(killed), String(paused)])
  return `\n${markdownTable(['', ''], rows)}\n\n${markdownTable(['process', 'killed', 'paused'], troubled)}\n`
}
