import { type RunningControlView, submitControl } from '@sallyport/control'
import type { Publisher } from '@sallyport/event-log'
import { newId, sha256Hex, tokenHash } from '@sallyport/runtime'

export interface BootstrapOptions {
  readonly control: RunningControlView
  readonly publisher: Publisher
  readonly tenant: string
  /** The text of the admin token; only its hash is recorded. */
  readonly token: string
  /** Whether it is issued also where others are in force. */
  readonly begins?: boolean
  /** The text of the token that it takes the place of. */
  readonly replaced?: string | null
  readonly clock: () => Date
}

const ACTOR = { type: 'system', name: 'bootstrap' } as const

/**
 * Issues the admin token where there is none in force, or where it begins; says whether it did. Two decisions that start
 * at once both ask; the first in the log wins and the other is a repetition.
 */
export async function bootstrapAdmin(options: BootstrapOptions): Promise<boolean> {
  const { control, publisher, tenant, token, begins = false, replaced = null, clock } = options
  const submit = submitControl({ publisher, view: control, clock, tenant, source: '/decision' })
  const inForce = () => [...control.state().tokens.values()].filter((one) => one.revokedAt === null)
  const hash = tokenHash(token)
  const known = inForce().some((one) => one.tokenHash === hash)
  const admins = inForce().filter(({ scope, expiresAt }) => scope === 'admin' && expiresAt === null)
  const issues = begins ? !known : admins.length === 0
  if (issues) {
    const name = freeName(new Set(inForce().map((one) => one.name)))
    await submit('sallyport.token.issued.v2', 'admin', {
      actor: ACTOR,
      idempotencyKey: sha256Hex(`bootstrap-admin ${hash}`),
      id: newId(),
      name,
      scope: 'admin',
      tokenHash: hash,
      holder: null,
    })
  }
  // Last: the last admin token cannot be revoked.
  const old = replaced === null ? undefined : inForce().find((one) => one.tokenHash === tokenHash(replaced))
  if (old !== undefined)
    await submit('sallyport.token.revoked.v1', old.name, {
      actor: ACTOR,
      idempotencyKey: sha256Hex(`replaced-admin ${old.id}`),
      name: old.name,
    })
  return issues
}

/** `admin`, or the next that nobody has. */
function freeName(taken: ReadonlySet<string>, number = 1): string {
  const name = number === 1 ? 'admin' : `admin-${number}`
  return taken.has(name) ? freeName(taken, number + 1) : name
}
