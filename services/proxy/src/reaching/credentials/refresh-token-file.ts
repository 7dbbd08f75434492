import { type Logger, messageOf } from '@sallyport/runtime'
import { CredentialMissing } from '../../domain/faults.ts'
import type { IssuedToken } from './ask-token.ts'
import type { SecretFiles } from './secret-files.ts'

/**
 * A refresh token that could not be written to the file. It is used while the file still has the token that it
 * replaced.
 */
interface Unkept {
  readonly replaced: string
  readonly token: string
}

/**
 * A refresh token in a file. A server that gives a new one each time revokes everything when an old one comes again,
 * so one process at a time uses the file's, and leaves the next one there before anybody else reads it.
 */
export class RefreshTokenFile {
  readonly #files: SecretFiles
  readonly #logger: Logger
  readonly #file: string
  #unkept: Unkept | undefined

  constructor(files: SecretFiles, file: string, logger: Logger) {
    this.#files = files
    this.#file = file
    this.#logger = logger
  }

  /** Spends the refresh token on what `ask` gets for it. */
  async spend(ask: (refreshToken: string) => Promise<IssuedToken>): Promise<IssuedToken> {
    const unlock = await this.#files.lock(this.#file).catch(missing)
    try {
      const there = await this.#read()
      if (this.#unkept?.replaced !== there) this.#unkept = undefined
      const spent = this.#unkept?.token ?? there
      const issued = await ask(spent)
      if (issued.refreshToken !== null && issued.refreshToken !== spent)
        await this.#keep(there, issued.refreshToken)
      return issued
    } finally {
      await unlock()
    }
  }

  async #keep(replaced: string, token: string): Promise<void> {
    try {
      await this.#files.replace(this.#file, token)
      this.#unkept = undefined
    } catch (cause) {
      this.#unkept = { replaced, token }
      this.#logger.error(
        { file: this.#file, cause: messageOf(cause) },
        'the new refresh token could not be kept: after a restart of this process the file has an old one',
      )
    }
  }

  async #read(): Promise<string> {
    return (await this.#files.read(this.#file).catch(missing)).trim()
  }
}

function missing(cause: unknown): never {
  throw new CredentialMissing(`the refresh token cannot be had: ${messageOf(cause)}`, { cause })
}
