import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** What a browser keeps, sealed, between the way to the provider and the way back. */
export interface Attempt {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  /** The path to go to afterwards. */
  readonly to: string
  /** Milliseconds since 1970. */
  readonly until: number
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Base64url, AES-256-GCM. Any process of the installation opens it. */
export function sealAttempt(key: Uint8Array, attempt: Attempt): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = [nonce, cipher.update(JSON.stringify(attempt)), cipher.final(), cipher.getAuthTag()]
  return Buffer.concat(sealed).toString('base64url')
}

/** Undefined for whatever was not sealed with this key, or for too long ago. */
export function openAttempt(key: Uint8Array, sealed: string, now: number): Attempt | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
  const options = { authTagLength: TAG_BYTES }
  const opening = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), options)
  try {
    opening.setAuthTag(bytes.subarray(-TAG_BYTES))
    const text = Buffer.concat([opening.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), opening.final()])
    const attempt = JSON.parse(text.toString('utf8')) as Attempt
    return now < attempt.until ? attempt : undefined
  } catch {
    return undefined
  }
}
