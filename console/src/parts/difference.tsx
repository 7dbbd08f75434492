import { useState } from 'react'
import { type Compared, changedMiddle } from './changed-middle.ts'
import { visible } from './visible.ts'

/** Longer ones are folded; what a server would hide something in is their end, so a fold is never silent. */
export const LONGEST_SHOWN = 1500
/** Where texts differ is looked for up to this length. */
const LONGEST_COMPARED = 40_000

/** One place, as it was and as it is; null where it is not. */
export interface Change {
  readonly place: string
  readonly before: string | null
  readonly after: string | null
}

interface DifferenceProps {
  readonly change: Change
  /** A long one was unfolded. */
  readonly onUnfold?: () => void
}

/** One place as it was and as it is, with what differs marked. What others wrote is text, and nothing else. */
export function Difference({ change, onUnfold }: DifferenceProps) {
  const [whole, setWhole] = useState(!isFolded(change))
  const { place, before, after } = change
  const compared =
    before !== null && after !== null && before.length + after.length <= LONGEST_COMPARED
      ? changedMiddle(before, after)
      : null
  return (
    <div className="change">
      <code className="place">{place === '' ? 'All of it' : visible(place)}</code>
      {before !== null && (
        <Side sign="−" name="was" text={before} compared={compared?.before ?? null} whole={whole} />
      )}
      {after !== null && (
        <Side sign="+" name="is" text={after} compared={compared?.after ?? null} whole={whole} />
      )}
      {!whole && (
        <button
          type="button"
          className="plain small"
          onClick={() => {
            setWhole(true)
            onUnfold?.()
          }}
        >
          Show all of it
        </button>
      )}
    </div>
  )
}

export const isFolded = ({ before, after }: Change): boolean =>
  (before?.length ?? 0) > LONGEST_SHOWN || (after?.length ?? 0) > LONGEST_SHOWN

interface SideProps {
  readonly sign: string
  readonly name: 'was' | 'is'
  readonly text: string
  readonly compared: Compared | null
  readonly whole: boolean
}

function Side({ sign, name, text, compared, whole }: SideProps) {
  const left = text.length - LONGEST_SHOWN
  return (
    <p className={`side ${name}`}>
      <span className="sign">
        {sign} <span className="hint">{name}</span>{' '}
      </span>
      {whole && compared !== null ? (
        <>
          {visible(compared.start)}
          {compared.middle !== '' && <mark>{visible(compared.middle)}</mark>}
          {visible(compared.end)}
        </>
      ) : (
        visible(whole ? text : text.slice(0, LONGEST_SHOWN))
      )}
      {!whole && left > 0 && <b>… and {left} more characters</b>}
    </p>
  )
}
