import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.ts'
import type { GatewayWithToken } from '../api/types.ts'
import { Confirm } from '../parts/confirm.tsx'
import { TokenDialog } from './token-dialog.tsx'

interface AddAgentProps {
  readonly open: boolean
  readonly onClose: () => void
}

/** Adds an agent, and shows its token, once. */
export function AddAgent({ open, onClose }: AddAgentProps) {
  const [added, setAdded] = useState<GatewayWithToken | null>(null)
  const questions = useQueryClient()

  async function add(form: FormData) {
    const name = String(form.get('name') ?? '').trim()
    const owner = String(form.get('owner') ?? '').trim()
    const body = { name, ...(owner === '' ? {} : { owner }) }
    setAdded(await call<GatewayWithToken>('POST', 'gateways', { body }))
    await questions.invalidateQueries({ queryKey: ['gateways'] })
  }

  return (
    <>
      <Confirm open={open} title="Add an agent" act="Add it" onClose={onClose} onConfirm={add}>
        <label htmlFor="agent-name">Name</label>
        <input
          id="agent-name"
          name="name"
          required
          maxLength={63}
          autoComplete="off"
          spellCheck={false}
          aria-describedby="agent-name-hint"
        />
        <p id="agent-name-hint" className="hint">
          Lower-case letters, digits, dots, dashes and underscores, such as release-agent.
        </p>
        <label htmlFor="agent-owner">
          Owner{' '}
          <span className="hint">(optional: a person’s name; they approve nothing that it asks for)</span>
        </label>
        <input id="agent-owner" name="owner" maxLength={63} autoComplete="off" spellCheck={false} />
        <p className="hint">It may do nothing until permissions are set for it.</p>
      </Confirm>
      <TokenDialog gateway={added} onClose={() => setAdded(null)} />
    </>
  )
}
