import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useLive } from './approvals/live-approvals.ts'
import { useCounts } from './approvals/use-queue.ts'
import { KeysButton } from './keys/keys-button.tsx'
import { visible } from './parts/visible.ts'
import { mayReadRules, signOut, useSession } from './session/session.ts'

/** What is around every page of whoever has signed in. */
export function Frame() {
  const session = useSession()
  const { state } = useLive()
  const pending = useCounts()?.pending ?? 0
  const navigate = useNavigate()
  const over = session === null
  useEffect(() => {
    if (over) void navigate({ to: '/sign-in' })
  }, [over, navigate])
  return (
    <>
      <a className="skip" href="#page">
        To the page
      </a>
      <header className="top">
        <span className="brand">Sallyport</span>
        <nav aria-label="Pages">
          <Link to="/approvals">Approvals{pending > 0 && <span className="count"> {pending}</span>}</Link>
          {mayReadRules(session) && <Link to="/agents">Agents</Link>}
          <Link to="/health">Health</Link>
        </nav>
        <span className="who">
          {state === 'away' && (
            <span role="status" className="away">
              Not connected: what you see may be old.
            </span>
          )}
          <KeysButton />
          <span className="name">{visible(session?.name ?? '')}</span>
          <button type="button" className="plain" onClick={() => void signOut()}>
            Sign out
          </button>
        </span>
      </header>
      <div id="page">
        <Outlet />
      </div>
    </>
  )
}
