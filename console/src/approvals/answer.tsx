import type { Seen } from '@sallyport/approvals/page/seen.js'
import { useRef, useState } from 'react'
import { ApiProblem, call, told } from '../api/call.ts'
import type { Approval } from '../api/types.ts'
import { useSingleKeys } from '../keys/single-keys.ts'
import { visible } from '../parts/visible.ts'
import { liveApprovals } from './live-approvals.ts'
import { UnseenDialog } from './unseen-dialog.tsx'

interface AnswerProps {
  readonly whole: Approval
  readonly now: Approval
  readonly seen: Seen
  /** Places of parts that were not on the screen. */
  readonly left: readonly string[]
}

/** A request names so many places at most; beyond that it names all. */
const MOST_PLACES = 1000

export function Answer({ whole, now, seen, left }: AnswerProps) {
  const [message, setMessage] = useState('')
  const [busy, setBusy] = useState(false)
  const [asking, setAsking] = useState(false)
  const reason = useRef<HTMLTextAreaElement>(null)
  const approve = useRef<HTMLButtonElement>(null)
  const deny = useRef<HTMLButtonElement>(null)
  const { approvalId, youMay } = now
  const counts = whole.whole === true
  useSingleKeys({
    r: () => reason.current?.focus(),
    a: () => approve.current?.focus(),
    d: () => deny.current?.focus(),
  })
  if (!youMay.answer) return <p className="hint">{visible(`Not for you to answer: ${youMay.why ?? ''}`)}</p>

  async function answer(vote: 'approve' | 'deny', confirm = false) {
    setBusy(true)
    setAsking(false)
    const why = reason.current?.value.trim() ?? ''
    const all = seen.unseen()
    const path = `approvals/${encodeURIComponent(approvalId)}`
    try {
      const body = {
        ...(why === '' ? {} : { reason: why }),
        ...(counts ? { unseen: all.length > MOST_PLACES ? [''] : all } : {}),
        ...(confirm ? { confirm } : {}),
      }
      liveApprovals.take(await call<Approval>('POST', `${path}/${vote}`, { body }))
      setMessage('Your answer counts.')
    } catch (error) {
      setMessage(told(error))
      // Somebody else may have been faster: what became of it is asked for, whatever the stream is doing.
      if (error instanceof ApiProblem && error.status !== 0)
        await call<Approval>('GET', `${path}?arguments=recorded`).then(liveApprovals.take, () => undefined)
    } finally {
      setBusy(false)
    }
  }

  return (
    <form className="answer" onSubmit={(event) => event.preventDefault()}>
      {counts && (
        <p className="hint" role="status">
          {left.length === 0
            ? 'All of it was on your screen.'
            : `Not on your screen yet: ${left.length} ${left.length === 1 ? 'part' : 'parts'}.`}
        </p>
      )}
      <label htmlFor="reason">
        Reason <span className="hint">(optional; recorded, and told to the agent)</span>
      </label>
      <textarea id="reason" ref={reason} rows={2} maxLength={2000} />
      <p role="alert" className="fault">
        {visible(message)}
      </p>
      <div className="buttons">
        <button
          ref={approve}
          type="button"
          className="primary"
          disabled={busy}
          onClick={() => (counts && seen.unseen().length > 0 ? setAsking(true) : void answer('approve'))}
        >
          Approve once
        </button>
        <button
          ref={deny}
          type="button"
          className="danger"
          disabled={busy}
          onClick={() => void answer('deny')}
        >
          Deny
        </button>
      </div>
      <UnseenDialog
        open={asking}
        places={left}
        seen={seen}
        onClose={() => setAsking(false)}
        onApprove={() => void answer('approve', true)}
      />
    </form>
  )
}
