import type { GatewayWithToken } from '../api/types.ts'
import { Copyable } from '../parts/copyable.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { visible } from '../parts/visible.ts'
import { TOKEN_VARIABLE } from './instructions.ts'

interface TokenDialogProps {
  readonly gateway: GatewayWithToken | null
  readonly onClose: () => void
}

/** The token of an agent, which is shown now and never again. This page forgets it when the dialog is closed. */
export function TokenDialog({ gateway, onClose }: TokenDialogProps) {
  return (
    <Dialog open={gateway !== null} title={`The token of ${visible(gateway?.name ?? '')}`} onClose={onClose}>
      <p>It is shown only now. Put it into the environment of the agent’s host:</p>
      <Copyable text={`export ${TOKEN_VARIABLE}=${gateway?.token ?? ''}`} label="The agent’s token" />
      <div className="buttons">
        <button type="button" className="primary" onClick={onClose}>
          I have it
        </button>
      </div>
    </Dialog>
  )
}
