import { BoundedMap } from '@sallyport/runtime'
import { sessionLabel } from '../../../domain/session-label.ts'
import { Sealer } from '../../../reaching/sealer.ts'
import type { Session } from './session.ts'

const LONGEST = 4096
/** How many opened ids are remembered; a busy session would be decrypted on each call otherwise. */
const REMEMBERED = 10_000

type Sealed = Omit<Session, 'label' | 'id'>
type Owner = Pick<Session, 'gatewayId' | 'upstream' | 'upstreamDigest'>

/**
 * Session ids as agents hold them, sealed over the upstream's own id: any proxy of the fleet opens them, and nobody
 * else learns or forges the upstream's id.
 */
export class SessionSeal {
  readonly #sealer: Sealer
  readonly #opened = new BoundedMap<string, Session>(REMEMBERED)

  constructor(key: Uint8Array) {
    this.#sealer = new Sealer(key, 'sp1.', LONGEST)
  }

  seal(session: Sealed): string {
    return this.#sealer.seal(JSON.stringify(session), binding(session))
  }

  /** The session of this gateway with this upstream, or undefined for anything else. */
  open(sealed: string, owner: Owner): Session | undefined {
    const known = this.#opened.get(sealed)
    if (known) return isOf(owner, known) ? known : undefined
    const text = this.#sealer.open(sealed, binding(owner))
    if (text === undefined) return undefined
    const session: Sealed = JSON.parse(text)
    const opened = { ...session, id: session.upstreamId, label: sessionLabel(session.upstreamId) }
    this.#opened.set(sealed, opened)
    return opened
  }
}

function isOf(owner: Owner, session: Owner): boolean {
  return (
    session.gatewayId === owner.gatewayId &&
    session.upstream === owner.upstream &&
    session.upstreamDigest === owner.upstreamDigest
  )
}

function binding({ gatewayId, upstream, upstreamDigest }: Owner): readonly string[] {
  return [gatewayId, upstream, upstreamDigest]
}
