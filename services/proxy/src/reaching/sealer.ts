import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Texts that we hand out and take back, from whichever proxy of the fleet: AES-256-GCM with a fresh nonce, bound to
 * whom they are for. Nobody else can read, change or make up a sealed text, or use one that belongs to another.
 */
export class Sealer {
  readonly #key: Uint8Array
  readonly #prefix: string
  readonly #longest: number

  /** `key` is of 32 bytes, one for each purpose; `prefix` tells what the text is; longer ones are not opened. */
  constructor(key: Uint8Array, prefix: string, longest: number) {
    this.#key = key
    this.#prefix = prefix
    this.#longest = longest
  }

  /** Base64url after the prefix. `binding` names whom it is for; the same is needed to open it. */
  seal(text: string, binding: readonly string[]): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(associated(binding))
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return this.#prefix + sealed.toString('base64url')
  }

  /** Undefined for whatever was not sealed with this key for this binding. */
  open(sealed: string, binding: readonly string[]): string | undefined {
    if (!this.seals(sealed) || sealed.length > this.#longest) return undefined
    const bytes = Buffer.from(sealed.slice(this.#prefix.length), 'base64url')
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(associated(binding))
        .setAuthTag(bytes.subarray(-TAG_BYTES))
      return (
        decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      )
    } catch {
      return undefined
    }
  }

  /** Whether the text says that it is one of these. */
  seals(text: string): boolean {
    return text.startsWith(this.#prefix)
  }
}

function associated(binding: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(binding))
}
