import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { call, told } from '../api/call.ts'
import type { Status } from '../api/types.ts'
import { Dialog } from '../parts/dialog.tsx'
import { visible } from '../parts/visible.ts'
import { maySetRules, useSession } from '../session/session.ts'

interface Wanted {
  readonly scope: string
  readonly on: boolean
}

/** What is stopped. Whoever sets rules stops everything here, and lets things go on, after a confirmation. */
export function KillSwitches({ switches }: { readonly switches: Status['killSwitches'] }) {
  const [wanted, setWanted] = useState<Wanted | null>(null)
  const may = maySetRules(useSession())
  const isAllOff = !switches.some(({ scope }) => scope === 'global')
  return (
    <section aria-labelledby="kill-title">
      <h2 id="kill-title">Kill switches</h2>
      {switches.length === 0 && <p className="hint">None is on: what agents do is decided by the rules.</p>}
      <ul>
        {switches.map(({ scope, reason, by, since }) => (
          <li key={scope}>
            <b>{visible(scope)}</b>
            {reason !== null && visible(`: ${reason}`)}
            {by !== null && visible(`, by ${by}`)}
            {since !== null && `, since ${new Date(since).toLocaleString()}`}{' '}
            {may && (
              <button type="button" className="plain small" onClick={() => setWanted({ scope, on: false })}>
                Turn off…
              </button>
            )}
          </li>
        ))}
      </ul>
      {may && isAllOff && (
        <button type="button" className="danger" onClick={() => setWanted({ scope: 'global', on: true })}>
          Stop everything…
        </button>
      )}
      <Confirm wanted={wanted} onClose={() => setWanted(null)} />
    </section>
  )
}

function Confirm({ wanted, onClose }: { readonly wanted: Wanted | null; readonly onClose: () => void }) {
  const [message, setMessage] = useState('')
  const reason = useRef<HTMLInputElement>(null)
  const questions = useQueryClient()

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (wanted === null) return
    const why = reason.current?.value.trim() ?? ''
    try {
      await call('PUT', 'kill-switch', { body: { ...wanted, reason: why === '' ? null : why } })
      await questions.invalidateQueries({ queryKey: ['status'] })
      close()
    } catch (error) {
      setMessage(told(error))
    }
  }

  function close() {
    setMessage('')
    onClose()
  }

  return (
    <Dialog open={wanted !== null} onClose={close} title={titleOf(wanted)}>
      <p>
        {wanted?.on === true
          ? 'Every call of every agent is refused from now on, also those that wait for a person.'
          : 'Calls are decided by the rules again. Calls that were refused are not made up for.'}
      </p>
      <form onSubmit={(event) => void submit(event)}>
        <label htmlFor="kill-reason">
          Reason <span className="hint">(optional; recorded)</span>
        </label>
        <input id="kill-reason" ref={reason} maxLength={500} />
        <p role="alert" className="fault">
          {message}
        </p>
        <div className="buttons">
          <button type="submit" className={wanted?.on === true ? 'danger' : 'primary'}>
            {wanted?.on === true ? 'Stop everything' : 'Turn off'}
          </button>
          <button type="button" className="plain" onClick={close}>
            Back
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function titleOf(wanted: Wanted | null): string {
  if (wanted === null) return ''
  return wanted.on ? 'Stop everything that agents do?' : `Turn off the kill switch ${visible(wanted.scope)}?`
}
