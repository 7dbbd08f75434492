import { type FormEvent, type ReactNode, useState } from 'react'
import { told } from '../api/call.ts'
import { Dialog } from './dialog.tsx'

interface ConfirmProps {
  readonly open: boolean
  readonly title: string
  /** What the button does. */
  readonly act: string
  readonly danger?: boolean
  readonly children: ReactNode
  readonly onClose: () => void
  /** Rejects with what the person is told. */
  readonly onConfirm: (form: FormData) => Promise<void>
}

/** Asks before something is done that others notice. It stays open until that is done, and says why it is not. */
export function Confirm({ open, title, act, danger = false, children, onClose, onConfirm }: ConfirmProps) {
  const [message, setMessage] = useState('')
  const [busy, setBusy] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    try {
      await onConfirm(new FormData(event.currentTarget))
      close()
    } catch (error) {
      setMessage(told(error))
    } finally {
      setBusy(false)
    }
  }

  function close() {
    setMessage('')
    onClose()
  }

  return (
    <Dialog open={open} onClose={close} title={title}>
      <form onSubmit={(event) => void submit(event)}>
        {children}
        <p role="alert" className="fault">
          {message}
        </p>
        <div className="buttons">
          <button type="submit" className={danger ? 'danger' : 'primary'} disabled={busy}>
            {act}
          </button>
          <button type="button" className="plain" onClick={close}>
            Back
          </button>
        </div>
      </form>
    </Dialog>
  )
}
