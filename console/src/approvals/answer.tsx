import type { Seen } from '@sallyport/approvals/page/seen.js'
import { useRef, useState } from 'react'
import { ApiProblem, call, told } from '../api/call.ts'
import type { Approval } from '../api/types.ts'
import { useSingleKeys } from '../keys/single-keys.ts'
import { visible } from '../parts/visible.ts'
import { isAlike, showsTheSame } from './alike.ts'
import { EditDialog } from './edit-dialog.tsx'
import { liveApprovals } from './live-approvals.ts'
import { UnseenDialog } from './unseen-dialog.tsx'
import { useAlike } from './use-queue.ts'

interface AnswerProps {
  readonly whole: Approval
  readonly now: Approval
  readonly seen: Seen
  /** Places of parts that were not on the screen. */
  readonly left: readonly string[]
  /** Tells the person, also when this is not on the page any more. */
  readonly say: (message: string) => void
}

/** A request names so many places at most; beyond that it names all. */
const MOST_PLACES = 1000

export function Answer({ whole, now, seen, left, say }: AnswerProps) {
  const [busy, setBusy] = useState(false)
  const [asking, setAsking] = useState(false)
  const [editing, setEditing] = useState(false)
  const reason = useRef<HTMLTextAreaElement>(null)
  const approve = useRef<HTMLButtonElement>(null)
  const deny = useRef<HTMLButtonElement>(null)
  const { approvalId, youMay } = now
  const counts = whole.whole === true
  const alike = useAlike(now, counts && youMay.answer)
  const [withAlike, setWithAlike] = useState(false)
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
        // What was on the screen: where somebody has edited it meanwhile, this is not an answer to it.
        digest: whole.digest,
        ...(why === '' ? {} : { reason: why }),
        ...(counts ? { unseen: all.length > MOST_PLACES ? [''] : all } : {}),
        ...(confirm ? { confirm } : {}),
      }
      const others = withAlike ? alike : []
      liveApprovals.take(await call<Approval>('POST', `${path}/${vote}`, { body }))
      say((await answerAlike(others, whole, vote, body)).join('\n'))
    } catch (error) {
      say(told(error))
      // Somebody else may have been faster: what became of it is asked for, whatever the stream is doing.
      if (error instanceof ApiProblem && error.status !== 0)
        await call<Approval>('GET', `${path}?arguments=recorded`).then(liveApprovals.take, () => undefined)
    } finally {
      setBusy(false)
    }
  }

  return (
    <>
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
        {alike.length > 0 && (
          <label className="check">
            <input
              type="checkbox"
              checked={withAlike}
              onChange={({ target }) => setWithAlike(target.checked)}
            />
            {visible(
              ` The same for the identical ${alike.length === 1 ? 'call' : 'calls'} of ${namesOf(alike)}`,
            )}
          </label>
        )}
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
        {youMay.edit && (whole.parts?.length ?? 0) > 0 && (
          <p className="buttons">
            <button type="button" className="plain" onClick={() => setEditing(true)}>
              Edit the arguments…
            </button>
          </p>
        )}
        <UnseenDialog
          open={asking}
          places={left}
          seen={seen}
          onClose={() => setAsking(false)}
          onApprove={() => void answer('approve', true)}
        />
      </form>
      <EditDialog open={editing} whole={whole} onClose={() => setEditing(false)} />
    </>
  )
}

const namesOf = (calls: readonly Approval[]): string => calls.map(({ gateway }) => gateway.name).join(', ')

/**
 * Gives identical calls the same answer, each by itself: each is looked at once more, and none is answered of which there
 * is anything that was not shown. Gives what the person is told of those that were left.
 */
async function answerAlike(
  others: readonly Approval[],
  shown: Approval,
  vote: 'approve' | 'deny',
  body: object,
): Promise<readonly string[]> {
  const left: string[] = []
  for (const { approvalId, gateway } of others) {
    const path = `approvals/${encodeURIComponent(approvalId)}`
    try {
      const other = await call<Approval>('GET', path)
      if (!isAlike(shown, other) || !showsTheSame(shown, other))
        left.push(`The call of ${gateway.name} has more to it than this one: look at it by itself.`)
      else
        liveApprovals.take(
          await call<Approval>('POST', `${path}/${vote}`, { body: { ...body, digest: other.digest } }),
        )
    } catch (error) {
      left.push(`The call of ${gateway.name} was not answered: ${told(error)}`)
    }
  }
  return left
}
