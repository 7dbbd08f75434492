import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { ApiProblem, told } from '../api/call.ts'
import { signIn } from './session.ts'

export function SignInPage() {
  const [message, setMessage] = useState('')
  const [busy, setBusy] = useState(false)
  const token = useRef<HTMLInputElement>(null)
  const { back } = useSearch({ from: '/sign-in' })
  const navigate = useNavigate()
  useEffect(() => token.current?.focus(), [])

  const { data: ways } = useQuery({ queryKey: ['ways'], queryFn: waysToSignIn, retry: false })

  async function submit(event: FormEvent) {
    event.preventDefault()
    const field = token.current
    if (field === null || busy) return
    setBusy(true)
    try {
      await signIn(field.value.trim())
      field.value = ''
      await navigate({ to: back ?? '/approvals' })
    } catch (error) {
      const unknown = error instanceof ApiProblem && error.status === 401
      setMessage(unknown ? 'That token is not known.' : told(error))
      setBusy(false)
      field.focus()
    }
  }

  return (
    <main className="card sign-in">
      <p className="brand">Sallyport</p>
      <h1>Sign in</h1>
      {ways?.openid === true && (
        <p>
          <a className="way" href={`/sign-in?to=/console${back ?? '/approvals'}`}>
            Sign in with your organisation
          </a>
        </p>
      )}
      <form onSubmit={(event) => void submit(event)}>
        <label htmlFor="token">Your token</label>
        <input id="token" ref={token} type="password" autoComplete="off" spellCheck={false} required />
        <p className="hint">
          It is sent once. This browser then keeps a session that no script can read, until you sign out. On a
          laptop this is the admin token that <code>npm start</code> shows the first time.
        </p>
        <p role="alert" className="fault">
          {message}
        </p>
        <button className="primary" type="submit" disabled={busy}>
          Continue
        </button>
      </form>
    </main>
  )
}

/** Whether an OpenID provider knows the people of this installation. */
async function waysToSignIn(): Promise<{ readonly openid: boolean }> {
  const reply = await fetch('/sign-in/ways')
  return reply.ok ? ((await reply.json()) as { openid: boolean }) : { openid: false }
}
