import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { Session } from '../domain/session.ts'

const PREFIX = 'sp1.'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const LONGEST = 4096
/** How many opened ids are remembered; a busy session would be decrypted on each call otherwise. */
const REMEMBERED = 10_000

type Sealed = Omit<Session, 'label'>
type Owner = Pick<Session, 'gatewayId' | 'upstream' | 'upstreamDigest'>

/**
 * Session ids as agents hold them: AES-256-GCM over the upstream's own id, bound to gateway and upstream by the
 * associated data. Any proxy with the same key opens them; nobody else learns or forges the upstream's id.
 */
export class SessionSeal {
  readonly #key: Uint8Array
  readonly #opened = new Map<string, Session>()

  constructor(key: Uint8Array) {
    this.#key = key
  }

  seal(session: Sealed): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(binding(session))
    const { upstreamId, gatewayId, upstream, upstreamDigest, protocolVersion, client } = session
    const text = JSON.stringify({
      upstreamId,
      gatewayId,
      upstream,
      upstreamDigest,
      protocolVersion,
      client,
    })
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return PREFIX + sealed.toString('base64url')
  }

  /** The session of this gateway with this upstream, or undefined for anything else. */
  open(sealed: string, owner: Owner): Session | undefined {
    const known = this.#opened.get(sealed)
    if (known) return isOf(owner, known) ? known : undefined
    const session = this.#decrypt(sealed, owner)
    if (session) this.#remember(sealed, session)
    return session
  }

  #decrypt(sealed: string, owner: Owner): Session | undefined {
    if (!sealed.startsWith(PREFIX) || sealed.length > LONGEST) return undefined
    const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64url')
    if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(binding(owner))
        .setAuthTag(bytes.subarray(-TAG_BYTES))
      const text =
        decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      const session: Sealed = JSON.parse(text)
      return { ...session, label: sessionLabel(session.upstreamId) }
    } catch {
      return undefined
    }
  }

  #remember(sealed: string, session: Session): void {
    this.#opened.set(sealed, session)
    if (this.#opened.size <= REMEMBERED) return
    const oldest = this.#opened.keys().next()
    if (!oldest.done) this.#opened.delete(oldest.value)
  }
}

/** What events call a session: enough to follow it, useless for joining it. */
export function sessionLabel(upstreamId: string): string {
  return createHash('sha256').update(upstreamId).digest('hex').slice(0, 16)
}

function isOf(owner: Owner, session: Owner): boolean {
  return (
    session.gatewayId === owner.gatewayId &&
    session.upstream === owner.upstream &&
    session.upstreamDigest === owner.upstreamDigest
  )
}

function binding({ gatewayId, upstream, upstreamDigest }: Owner): Buffer {
  return Buffer.from(JSON.stringify([gatewayId, upstream, upstreamDigest]))
}
