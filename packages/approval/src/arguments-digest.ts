import { createHmac, type KeyObject } from 'node:crypto'

/**
 * HMAC-SHA-256 (hex) over the canonical text of a call's arguments, and over the part of its `_meta` that goes along with
 * them. It is keyed: a plain digest could be guessed from short arguments. `key`: derived from the secret of the
 * installation for the purpose `digest`.
 */
export function argumentsDigest(key: KeyObject | Uint8Array, text: string, boundMeta: string | null): string {
  const digest = createHmac('sha256', key).update(text)
  // No canonical text has a line feed in it.
  if (boundMeta) digest.update(`\n${boundMeta}`)
  return digest.digest('hex')
}
