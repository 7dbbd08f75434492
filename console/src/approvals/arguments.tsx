import { showParts } from '@sallyport/approvals/page/parts.js'
import type { Seen } from '@sallyport/approvals/page/seen.js'
import { useEffect, useRef, useState } from 'react'
import { call, told } from '../api/call.ts'
import type { Approval, Part, Revealed } from '../api/types.ts'

interface ArgumentsProps {
  readonly approval: Approval
  readonly pending: boolean
  readonly seen: Seen
  readonly onSeen: (left: readonly string[]) => void
}

const isMeta = ({ place }: Part) => place === '/_meta' || place.startsWith('/_meta/')

/**
 * All that will run, leaf by leaf, as the page of one approval shows it. An agent's words get into the page as text nodes
 * alone. What was read once stays: it is what was, or could have been, approved.
 */
export function Arguments({ approval, pending, seen, onSeen }: ArgumentsProps) {
  const [message, setMessage] = useState('')
  const leaves = useRef(leavesOf(approval)).current
  const meta = leaves.filter(isMeta)
  const given = leaves.filter((leaf) => !isMeta(leaf))
  const argumentsBox = useRef<HTMLElement>(null)
  const metaBox = useRef<HTMLElement>(null)
  const { approvalId, whole } = approval

  // biome-ignore lint/correctness/useExhaustiveDependencies: shown once, so that a selection and what was seen stay
  useEffect(() => {
    const both = [showIn(argumentsBox.current, given), showIn(metaBox.current, meta)]
    onSeen(seen.unseen())
    return () => {
      seen.clear()
      for (const box of both) box?.replaceChildren()
    }
  }, [])

  function showIn(box: HTMLElement | null, parts: readonly Part[]) {
    // The parts of both boxes are counted by one.
    if (box !== null) showParts(box, parts, { clear() {}, expect: seen.expect.bind(seen) }, reveal)
    return box
  }

  async function reveal(place: string): Promise<Part | undefined> {
    try {
      const path = `approvals/${encodeURIComponent(approvalId)}/reveal`
      const { parts } = await call<Revealed>('POST', path, { body: { places: [place] } })
      setMessage('')
      return parts.find((part) => part.place === place)
    } catch (error) {
      setMessage(told(error))
      return undefined
    }
  }

  return (
    <>
      <h2 id="arguments-title">With these arguments</h2>
      <p className="hint">
        All of them, as they will run. A secret is masked: press the mask to see it, which is recorded. What
        stands in a frame like <code className="hiding">\u202e</code> is an invisible character in the text.
      </p>
      {whole !== true && pending && <p className="hint">These are the recorded ones: long texts are cut.</p>}
      <p role="alert" className="fault">
        {message}
      </p>
      <section ref={argumentsBox} className="parts" id="arguments" aria-labelledby="arguments-title" />
      {meta.length > 0 && (
        <>
          <h2 id="meta-title">
            What the agent’s client adds (<code>_meta</code>)
          </h2>
          <p className="hint">
            Only keys of the protocol and those that were registered for this upstream go on with the call.
          </p>
          <section ref={metaBox} className="parts" aria-labelledby="meta-title" />
        </>
      )}
    </>
  )
}

/** Of a call that is only recorded there is one text. */
function leavesOf({ parts, arguments: given }: Approval): readonly Part[] {
  if (parts !== undefined) return parts
  return [{ place: '/arguments', kind: 'string', text: JSON.stringify(given, null, 2) ?? '', masks: [] }]
}
