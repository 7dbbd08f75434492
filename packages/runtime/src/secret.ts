import { createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

export type KeyPurpose =
  | 'session'
  | 'metadata'
  | 'ids'
  | 'healed'
  | 'digest'
  | 'internal'
  | 'health'
  | 'relay'
  | 'task'
  | 'request_state'
  | 'webhook'
  | 'arguments'
  | 'approvals_stream'
  | 'approval_links'
  | 'sign_in'

/** A key of its own for each purpose, from the one secret of an installation (HKDF-SHA-256, RFC 5869). 32 bytes. */
export function deriveKey(secret: Uint8Array, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'sallyport', purpose, 32))
}

/** A new bearer token of 256 random bits behind a prefix that secret scanners and readers recognise. */
export function newToken(prefix: 'sp_gw_' | 'sp_api_' | 'sp_ses_'): string {
  return prefix + randomBytes(32).toString('base64url')
}

/** SHA-256 of a token, as hex: all that is ever stored. Enough, since a token has 256 random bits. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Compares two hex digests without telling by its time where they differ. */
export function sameDigest(left: string, right: string): boolean {
  const a = Buffer.from(left, 'hex')
  const b = Buffer.from(right, 'hex')
  return a.length === b.length && a.length > 0 && timingSafeEqual(a, b)
}
