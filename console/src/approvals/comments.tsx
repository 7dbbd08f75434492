import { type FormEvent, useState } from 'react'
import { call, told } from '../api/call.ts'
import type { Approval } from '../api/types.ts'
import { visible } from '../parts/visible.ts'
import { mayReadRules, useSession } from '../session/session.ts'
import { liveApprovals } from './live-approvals.ts'

const LONGEST = 2000

/** What people and bots say about a call to each other; the agent hears nothing of it. */
export function Comments({ approval }: { readonly approval: Approval }) {
  const { comments, approvalId } = approval
  const may = mayReadRules(useSession())
  const [busy, setBusy] = useState(false)
  const [message, setMessage] = useState('')

  async function say(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const text = String(new FormData(form).get('comment') ?? '').trim()
    if (busy || text === '') return
    setBusy(true)
    try {
      const path = `approvals/${encodeURIComponent(approvalId)}/comments`
      liveApprovals.take(await call<Approval>('POST', path, { body: { text } }))
      form.reset()
      setMessage('')
    } catch (error) {
      setMessage(told(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <section aria-labelledby="comments-title">
      <h2 id="comments-title">Comments</h2>
      <ol className="comments" aria-live="polite">
        {comments.map(({ by, byType, text, at }, nth) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a comment is its place; none is ever taken away
          <li key={nth}>
            <p className="hint">
              <b>{visible(by)}</b>
              {byType === 'bot' && ' (bot)'}, {new Date(at).toLocaleString()}
            </p>
            <p className="said">{visible(text)}</p>
          </li>
        ))}
      </ol>
      {may && (
        <form onSubmit={(event) => void say(event)}>
          <label htmlFor="comment">
            Comment <span className="hint">(for the others who look at it; the agent is not told)</span>
          </label>
          <textarea id="comment" name="comment" rows={2} maxLength={LONGEST} />
          <p role="alert" className="fault">
            {visible(message)}
          </p>
          <div className="buttons">
            <button type="submit" className="plain" disabled={busy}>
              Comment
            </button>
          </div>
        </form>
      )}
    </section>
  )
}
