import { redactWhole } from '@sallyport/inspection'

const KEPT_BYTES = 16 * 1024
const LINES = 10
const LINE_CHARACTERS = 300
/** A shorter value would be found in words that are not secret. */
const SHORTEST_SECRET = 4
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** The end of what a server wrote to its standard error, where a server that fails says why. */
export class LastWords {
  #kept: Buffer = Buffer.alloc(0)
  #isCut = false
  readonly #secrets: readonly string[]

  /** `secrets`: values that the server was given and that are shown to nobody. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets
      .filter(({ length }) => length >= SHORTEST_SECRET)
      .sort((a, b) => b.length - a.length)
  }

  push(bytes: Uint8Array): void {
    const all = Buffer.concat([this.#kept, bytes])
    this.#isCut ||= all.length > KEPT_BYTES
    this.#kept = all.subarray(-KEPT_BYTES)
  }

  /** At most 10 lines of at most 300 characters before control characters are made visible, without secrets. */
  lines(): readonly string[] {
    const text = this.#kept.toString()
    // Half a secret would not be known as one, so a line without its beginning is left out.
    const whole = this.#isCut ? text.slice(text.indexOf('\n') + 1 || text.length) : text
    const known = this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), whole)
    return String(redactWhole(known).value)
      .split(/\r\n|\r|\n/)
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
      .slice(-LINES)
      .map((line) => visible(line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)}…` : line))
  }
}

function visible(line: string): string {
  return line
    .toWellFormed()
    .replaceAll(UNSEEN, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}
