import { Seen } from '@sallyport/approvals/page/seen.js'
import { useMemo, useState } from 'react'
import type { Approval } from '../api/types.ts'
import { visible } from '../parts/visible.ts'
import { Answer } from './answer.tsx'
import { Arguments } from './arguments.tsx'
import { Comments } from './comments.tsx'
import { Context, Next } from './context.tsx'
import { Edited } from './edited.tsx'
import { Facts } from './facts.tsx'
import { Stages } from './stages.tsx'
import { askedIn, outcomeOf, statusWord } from './words.ts'

interface ApprovalDetailProps {
  /** With the arguments as they will run. */
  readonly whole: Approval
  readonly latest: Approval | undefined
}

export function ApprovalDetail({ whole, latest }: ApprovalDetailProps) {
  const now = latest ?? whole
  const [left, setLeft] = useState<readonly string[]>([])
  const [message, setMessage] = useState('')
  const seen = useMemo(() => {
    const tracked = new Seen(() => setLeft(tracked.unseen()))
    return tracked
  }, [])
  const pending = now.status === 'pending'
  return (
    <>
      <h1>{visible(whole.context?.sentence ?? askedIn(now))}</h1>
      <p className="badges">
        <span className={`badge ${now.risk}`}>{now.risk} risk</span>
        <span className={`badge ${now.status}`}>{statusWord(now.status)}</span>
      </p>
      {!pending && (
        <p className="outcome" role="status">
          {outcomeOf(now).join('\n')}
        </p>
      )}
      <Facts approval={now} />
      <Stages approval={now} />
      <Edited approval={whole} />
      <Arguments approval={whole} pending={pending} seen={seen} onSeen={setLeft} />
      <Context approval={whole} />
      {now.status === whole.status && <Next approval={whole} />}
      {pending && <Answer whole={whole} now={now} seen={seen} left={left} say={setMessage} />}
      <p role="alert" className="fault">
        {visible(message)}
      </p>
      <Comments approval={now} />
    </>
  )
}
