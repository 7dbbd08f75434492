import { useState } from 'react'
import { visible } from './visible.ts'

interface CopyableProps {
  readonly text: string
  readonly label: string
}

/**
 * A text that is pasted elsewhere. One with invisible characters is only shown: what would be pasted is not what was
 * read.
 */
export function Copyable({ text, label }: CopyableProps) {
  const [done, setDone] = useState('')
  const shown = visible(text)
  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      setDone('Copied.')
    } catch {
      setDone('This browser does not let a page copy: select the text.')
    }
  }
  return (
    <div className="copyable">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keyboard */}
      <section tabIndex={0} aria-label={label}>
        <pre>{shown}</pre>
      </section>
      {shown === text ? (
        <button type="button" className="plain small" onClick={() => void copy()}>
          Copy
        </button>
      ) : (
        <p className="hint">It has invisible characters in it, so it is not copied from here.</p>
      )}
      <span role="status" className="hint">
        {done}
      </span>
    </div>
  )
}
