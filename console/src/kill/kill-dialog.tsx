import { useQueryClient } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import { Confirm } from '../parts/confirm.tsx'
import { visible } from '../parts/visible.ts'
import { callsOf, reachOf } from './reach.ts'

export interface WantedSwitch {
  readonly scope: string
  readonly on: boolean
}

interface KillDialogProps {
  readonly wanted: WantedSwitch | null
  readonly onClose: () => void
}

/** Turns a kill switch on or off, after a confirmation that names what it stops. */
export function KillDialog({ wanted, onClose }: KillDialogProps) {
  const questions = useQueryClient()
  const reach = wanted === null ? '' : visible(reachOf(wanted.scope))
  const on = wanted?.on === true

  async function set(form: FormData) {
    const why = String(form.get('reason') ?? '').trim()
    await call('PUT', 'kill-switch', { body: { ...wanted, reason: why === '' ? null : why } })
    await questions.invalidateQueries({ queryKey: ['status'] })
    await questions.invalidateQueries({ queryKey: ['kill-switches'] })
  }

  return (
    <Confirm
      open={wanted !== null}
      title={on ? `Stop ${reach}?` : `Let ${reach} go on?`}
      act={on ? `Stop ${reach}` : 'Turn off'}
      danger={on}
      onClose={onClose}
      onConfirm={set}
    >
      <p>
        {on
          ? `${visible(callsOf(wanted.scope))} is refused from now on, also one that waits for a person.`
          : 'Calls are decided by the rules again. Calls that were refused are not made up for.'}
      </p>
      <label htmlFor="kill-reason">
        Reason <span className="hint">(optional; recorded)</span>
      </label>
      <input id="kill-reason" name="reason" maxLength={500} />
    </Confirm>
  )
}
