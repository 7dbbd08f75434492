import type { Approval } from '../api/types.ts'
import { visible } from '../parts/visible.ts'

/** Whose answers it takes, who has given theirs, and what advisers said. Nothing where any one person will do. */
export function Stages({ approval }: { readonly approval: Approval }) {
  const { stages, advice, unanswerable } = approval
  const [first] = stages
  const isPlain = stages.length === 1 && first?.need === 1 && first.of === 'anyone'
  return (
    <>
      {unanswerable !== null && (
        <p role="alert" className="fault">
          {visible(`Nobody can approve it as things are: ${unanswerable}`)}
        </p>
      )}
      {!isPlain && (
        <section aria-labelledby="stages-title">
          <h2 id="stages-title">Whose answers it takes</h2>
          <ol className="stages">
            {stages.map(({ need, of, have, voters, open }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a stage is its place
              <li key={index} aria-current={open ? 'step' : undefined}>
                {visible(`${have} of ${need} from ${of}`)}
                {voters.length > 0 && visible(`: ${voters.join(', ')}`)}
                {open && <span className="badge pending">open</span>}
              </li>
            ))}
          </ol>
        </section>
      )}
      {advice.length > 0 && (
        <section aria-labelledby="advice-title">
          <h2 id="advice-title">Advice, which counts for nothing</h2>
          <ul>
            {advice.map(({ name, vote, reason, at }) => (
              <li key={`${name} ${at}`}>
                {visible(`${name} would ${vote}${reason === null ? '' : `: ${reason}`}`)}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}
