import type { Approval } from '../api/types.ts'
import { Difference } from '../parts/difference.tsx'
import { visible } from '../parts/visible.ts'

/** What somebody put in the place of what the agent sent. */
export function Edited({ approval }: { readonly approval: Approval }) {
  const { edit } = approval
  if (edit === null) return null
  const { by, at, reason, count, changes } = edit
  return (
    <section aria-labelledby="edited-title">
      <h2 id="edited-title">Edited</h2>
      <p>
        {visible(`By ${by}`)}, {new Date(at).toLocaleString()}
        {count > 1 && `, the last of ${count} edits`}
        {reason !== null && visible(`: ${reason}`)}
      </p>
      <p className="hint">
        Against what the agent sent. Votes before it do not count; whoever edits does not vote.
      </p>
      {changes.map(({ place, from, to }) => (
        <Difference key={place} change={{ place, before: from, after: to }} />
      ))}
    </section>
  )
}
