import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw, deflateRawSync, inflateRaw } from 'node:zlib'

const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Longer ones fit no event. In UTF-16 units, which base64 has one of for each byte. */
export const LONGEST_SEALED = 3 * 1024 * 1024
const LONG = 16 * 1024
/** A JSON text of the largest body, with room for its description. */
const LARGEST = 32 * 1024 * 1024

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

/**
 * The whole arguments of a held call on their way to whoever may answer it: compressed, then AES-256-GCM with a fresh
 * nonce, bound to the exact call. The log and whatever reads it have only this.
 */
export class ArgumentSeal {
  readonly #key: Uint8Array

  /** `key`: 32 bytes, derived from the secret of the installation for the purpose `arguments`. */
  constructor(key: Uint8Array) {
    this.#key = key
  }

  /** Base64url. */
  async seal(text: string, callDigest: string): Promise<string> {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(callDigest))
    // Off the event loop only where that is worth a thread.
    const packed = text.length > LONG ? await deflate(text) : deflateRawSync(text)
    return Buffer.concat([nonce, cipher.update(packed), cipher.final(), cipher.getAuthTag()]).toString(
      'base64url',
    )
  }

  /** Undefined for whatever was not sealed with this key for this call. */
  async open(sealed: string, callDigest: string): Promise<string | undefined> {
    const bytes = Buffer.from(sealed, 'base64url')
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(callDigest))
        .setAuthTag(bytes.subarray(-TAG_BYTES))
      const packed = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ])
      return (await inflate(packed, { maxOutputLength: LARGEST })).toString()
    } catch {
      return undefined
    }
  }
}
