import { type RunningControlView, submitControl } from '@sallyport/control'
import type { Publisher } from '@sallyport/event-log'
import { newId, sha256Hex, tokenHash } from '@sallyport/runtime'

export interface BootstrapOptions {
  readonly control: RunningControlView
  readonly publisher: Publisher
  readonly tenant: string
  /** The text of the first admin token; only its hash is recorded. */
  readonly token: string
  readonly clock: () => Date
}

/**
 * Issues the first admin token where there is none in force. Two decisions that start at once both ask; the first
 * in the log wins and the other is a repetition.
 */
export async function bootstrapAdmin({
  control,
  publisher,
  tenant,
  token,
  clock,
}: BootstrapOptions): Promise<void> {
  const admins = [...control.state().tokens.values()].filter(
    (one) => one.scope === 'admin' && one.revokedAt === null,
  )
  if (admins.length > 0) return
  const submit = submitControl({ publisher, view: control, clock, tenant, source: '/decision' })
  const hash = tokenHash(token)
  await submit('sallyport.token.issued.v1', 'admin', {
    actor: { type: 'system', name: 'bootstrap' },
    idempotencyKey: sha256Hex(`bootstrap-admin ${hash}`),
    id: newId(),
    name: 'admin',
    scope: 'admin',
    tokenHash: hash,
  })
}
